package dev.weir.proxy.client;

import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Texts of statements that the clients of one event loop have prepared under names of their own: most clients prepare the
 * same ones, so each is here once. A text may be lost to another one. Confined to its loop; looking one up allocates nothing.
 */
final class LoopTexts {

    private static final int SLOTS = 1024;
    /** So much of a text is kept. */
    private static final int TEXT_BYTES_MAX = 8 << 10;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final StatementTraits OF_NO_INTEREST = StatementTraits.of(0, MentionedSettings.NONE);

    private final long[] numbers = new long[SLOTS];
    private final @Nullable UnnamedStatement[] texts = new @Nullable UnnamedStatement[SLOTS];

    /**
     * Takes a text, without its terminator.
     *
     * @return its number
     */
    long put(ByteBuf in, int start, int length) {
        long number = hash(in, start, length);
        int slot = slot(number, SLOTS);
        if (texts[slot] == null || numbers[slot] != number) {
            numbers[slot] = number;
            byte[] text = WireNames.bytes(in, start, Math.min(length, TEXT_BYTES_MAX));
            texts[slot] = new UnnamedStatement(text, OF_NO_INTEREST);
        }
        return number;
    }

    /** The text of this number, null if it is not here any more. */
    @Nullable
    UnnamedStatement find(long number) {
        int slot = slot(number, SLOTS);
        return numbers[slot] == number ? texts[slot] : null;
    }

    /** @param slots a power of two */
    static int slot(long hash, int slots) {
        return (int) (hash ^ (hash >>> 32)) & (slots - 1);
    }

    static long hash(ByteBuf in, int start, int length) {
        long hash = FNV_OFFSET;
        for (int i = start; i < start + length; i++) {
            hash = (hash ^ (in.getByte(i) & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
