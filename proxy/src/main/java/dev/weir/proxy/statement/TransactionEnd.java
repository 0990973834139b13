package dev.weir.proxy.statement;

import io.netty.buffer.ByteBuf;

/**
 * Recognises statements that make a transaction's work last. A client that disconnects behind one of these has done its
 * part: the statement runs to its end instead of being cancelled.
 */
public final class TransactionEnd {

    private static final byte[][] BEGINNINGS = {ascii("commit"), ascii("end"), ascii("prepare transaction")};

    private TransactionEnd() {}

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** Whether the text at {@code start} is COMMIT, END or PREPARE TRANSACTION; looks at its first word or two only. */
    public static boolean isAt(ByteBuf in, int start, int length) {
        int at = start;
        int end = start + length;
        while (at < end && isSpace(in.getByte(at))) {
            at++;
        }
        for (byte[] beginning : BEGINNINGS) {
            if (beginsWith(in, at, end, beginning)) {
                return true;
            }
        }
        return false;
    }

    private static boolean beginsWith(ByteBuf in, int at, int end, byte[] word) {
        if (end - at < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            // letters differ from their capitals by one bit; blanks have it set already
            if ((in.getByte(at + i) | 0x20) != word[i]) {
                return false;
            }
        }
        return at + word.length == end || !isWordPart(in.getByte(at + word.length));
    }

    private static boolean isWordPart(byte b) {
        int lower = b | 0x20;
        return (lower >= 'a' && lower <= 'z') || b == '_' || (b >= '0' && b <= '9') || b < 0;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
