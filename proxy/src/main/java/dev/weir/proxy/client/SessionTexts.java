package dev.weir.proxy.client;

import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Which of its loop's texts a client has prepared under which names, where those are its own affair: enough to tell what it
 * executes, not to prepare it again. A name may be lost to another one. Takes two kilobytes. Confined to the client's event
 * loop; looking one up allocates nothing.
 */
final class SessionTexts {

    private static final int SLOTS = 128;

    private long @Nullable [] names;
    private long[] texts = {};

    /**
     * A statement of this name is parsed.
     *
     * @param text its number among the loop's texts
     */
    void put(ByteBuf in, int start, int length, long text) {
        long[] known = names;
        if (known == null) {
            known = new long[SLOTS];
            names = known;
            texts = new long[SLOTS];
        }
        long hash = LoopTexts.hash(in, start, length);
        int slot = LoopTexts.slot(hash, SLOTS);
        known[slot] = hash;
        texts[slot] = text;
    }

    /** The statement of this name, null if its text is not known. */
    @Nullable
    UnnamedStatement find(LoopTexts all, ByteBuf in, int start, int length) {
        long[] known = names;
        if (known == null) {
            return null;
        }
        long hash = LoopTexts.hash(in, start, length);
        int slot = LoopTexts.slot(hash, SLOTS);
        return known[slot] == hash ? all.find(texts[slot]) : null;
    }
}
