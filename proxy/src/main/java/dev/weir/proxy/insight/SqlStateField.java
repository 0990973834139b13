package dev.weir.proxy.insight;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The SQLSTATE of an ErrorResponse, found without a copy of anything. Pure functions. */
final class SqlStateField {

    private static final int CHARS = 5;

    private SqlStateField() {}

    /**
     * Its characters in the low bytes, 0 for none.
     *
     * @param in holds the body; its indexes are not moved
     * @param start absolute index of the first field
     * @param length of the body; not all of it need be here
     */
    static long read(ByteBuf in, int start, int length) {
        int end = Math.min(start + length, in.writerIndex());
        int at = start;
        while (at < end && in.getByte(at) != 0) {
            int close = in.indexOf(at + 1, end, (byte) 0);
            if (close < 0) {
                return 0;
            }
            if (in.getByte(at) == 'C') {
                return close - at - 1 == CHARS ? pack(in, at + 1) : 0;
            }
            at = close + 1;
        }
        return 0;
    }

    private static long pack(ByteBuf in, int start) {
        long packed = 0;
        for (int i = 0; i < CHARS; i++) {
            packed = (packed << Byte.SIZE) | (in.getByte(start + i) & 0xff);
        }
        return packed;
    }

    /** The characters again; empty for 0. */
    static String text(long packed) {
        if (packed == 0) {
            return "";
        }
        byte[] text = new byte[CHARS];
        for (int i = 0; i < CHARS; i++) {
            text[i] = (byte) (packed >>> (Byte.SIZE * (CHARS - 1 - i)));
        }
        return new String(text, StandardCharsets.US_ASCII);
    }
}
