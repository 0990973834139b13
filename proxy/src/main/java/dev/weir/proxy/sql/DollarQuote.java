package dev.weir.proxy.sql;

/// The search for the end of a dollar-quoted string.
final class DollarQuote {
    /// Longer tags are legal, but nobody has them: such a text counts as not understood.
    static final int TAG_MAX = 256;

    private final byte[] tag = new byte[TAG_MAX];
    private int length;
    private boolean inTag;
    private boolean tooLong;

    /// How many bytes of the tag have been seen behind a dollar sign, -1 without one.
    private int matched;

    /// Begins behind the first dollar sign.
    void begin() {
        length = 0;
        inTag = true;
        tooLong = false;
        matched = -1;
    }

    /// The index behind the string, or behind the tag if it turns out to quote nothing; -1 if that is not in this
    /// piece.
    int end(byte[] in, int start, int end) {
        int i = start;
        while (inTag) {
            if (i == end) {
                return -1;
            }
            byte b = in[i];
            if (b == '$') {
                inTag = false;
            } else if (!Bytes.inNames(b)) {
                return i;
            } else if (length == TAG_MAX) {
                tooLong = true;
                return i;
            } else {
                tag[length++] = b;
            }
            i++;
        }
        return endOfBody(in, i, end);
    }

    private int endOfBody(byte[] in, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = in[i];
            if (b == '$') {
                if (matched == length) {
                    return i + 1;
                }
                matched = 0;
            } else if (matched >= 0) {
                matched = matched < length && tag[matched] == b ? matched + 1 : -1;
            }
        }
        return -1;
    }

    /// Whether the tag has not come to its end.
    boolean isInTag() {
        return inTag;
    }

    /// Whether that is because there was no room for it.
    boolean isTooLong() {
        return tooLong;
    }
}
