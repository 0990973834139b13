package dev.weir.proxy.sql;

/// The classes of bytes that PostgreSQL's scanner tells apart.
final class Bytes {
    static final int SYMBOL = 0;
    static final int SPACE = 1;
    static final int LETTER = 2;
    static final int DIGIT = 3;
    static final int QUOTE = 4;
    static final int DOUBLE_QUOTE = 5;
    static final int DOLLAR = 6;
    static final int DASH = 7;
    static final int SLASH = 8;

    private static final byte[] CLASSES = new byte[256];
    private static final boolean[] IN_NAMES = new boolean[256];

    static {
        for (byte space : new byte[] {' ', '\t', '\n', '\r', '\f', 0x0b}) {
            CLASSES[space] = SPACE;
        }
        for (int b = 0; b < 256; b++) {
            boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_' || b >= 0x80;
            boolean digit = b >= '0' && b <= '9';
            if (letter) {
                CLASSES[b] = LETTER;
            } else if (digit) {
                CLASSES[b] = DIGIT;
            }
            IN_NAMES[b] = letter || digit || b == '$';
        }
        CLASSES['\''] = QUOTE;
        CLASSES['"'] = DOUBLE_QUOTE;
        CLASSES['$'] = DOLLAR;
        CLASSES['-'] = DASH;
        CLASSES['/'] = SLASH;
    }

    private Bytes() {}

    static int classOf(byte b) {
        return CLASSES[b & 0xff];
    }

    /// Whether a name that has begun goes on with this byte.
    static boolean inNames(byte b) {
        return IN_NAMES[b & 0xff];
    }

    static boolean isNewline(byte b) {
        return b == '\n' || b == '\r';
    }

    /// The byte as PostgreSQL folds it in a name without quotes.
    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }
}
