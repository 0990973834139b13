package dev.weir.proxy.client;

import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The texts of some of the statements that a client has prepared under names that are its own affair: enough to tell what it
 * executes, not to prepare it again. A text may be lost to another one. Confined to the client's event loop; looking one up
 * allocates nothing.
 */
final class SessionTexts {

    private static final int SLOTS = 128;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private long @Nullable [] names;
    private @Nullable UnnamedStatement[] texts = {};

    /** A statement of this name is parsed. */
    void put(ByteBuf in, int start, int length, UnnamedStatement text) {
        long[] known = names;
        if (known == null) {
            known = new long[SLOTS];
            names = known;
            texts = new @Nullable UnnamedStatement[SLOTS];
        }
        long hash = hash(in, start, length);
        known[slot(hash)] = hash;
        texts[slot(hash)] = text;
    }

    /** The statement of this name, null if its text is not known. */
    @Nullable
    UnnamedStatement find(ByteBuf in, int start, int length) {
        long[] known = names;
        if (known == null) {
            return null;
        }
        long hash = hash(in, start, length);
        return known[slot(hash)] == hash ? texts[slot(hash)] : null;
    }

    private static int slot(long hash) {
        return (int) (hash ^ (hash >>> 32)) & (SLOTS - 1);
    }

    private static long hash(ByteBuf in, int start, int length) {
        long hash = FNV_OFFSET;
        for (int i = start; i < start + length; i++) {
            hash = (hash ^ (in.getByte(i) & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
