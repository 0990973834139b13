package dev.weir.proxy.sql;

/// The search for the end of a numeric constant.
final class NumberConstant {
    private static final int DIGITS = 0;
    private static final int LETTER_E = 1;
    private static final int SIGN = 2;
    private static final int EXPONENT = 3;

    private int state;
    private byte sign;

    /// Begins behind the first digit.
    void begin() {
        state = DIGITS;
    }

    /// The index behind the number and what was taken for its exponent, or -1 if that is not in this piece.
    int end(byte[] in, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = in[i];
            boolean digit = Bytes.classOf(b) == Bytes.DIGIT;
            if (digit && state != DIGITS) {
                state = EXPONENT;
            } else if (state == DIGITS && (b == 'e' || b == 'E')) {
                state = LETTER_E;
            } else if (state == LETTER_E && (b == '+' || b == '-')) {
                state = SIGN;
                sign = b;
            } else if (!digit && (state != DIGITS || b != '.')) {
                return i;
            }
        }
        return -1;
    }

    /// How many bytes too many were taken: an `e` without digits behind it, or that and a sign.
    int surplus() {
        return state == LETTER_E ? 1 : state == SIGN ? 2 : 0;
    }

    /// The sign, if that was one too many.
    byte sign() {
        return sign;
    }
}
