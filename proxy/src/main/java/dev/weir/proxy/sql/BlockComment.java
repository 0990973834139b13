package dev.weir.proxy.sql;

/// The search for the end of a comment that may have others in it.
final class BlockComment {
    private int depth;
    private byte last;
    private boolean first;
    private boolean hint;

    /// Begins behind the opening `/*`.
    void begin() {
        depth = 1;
        last = 0;
        first = true;
        hint = false;
    }

    /// The index behind the comment, or -1 if its end is not in this piece.
    int end(byte[] in, int start, int end) {
        int i = start;
        if (first && i < end) {
            hint = in[i] == '+';
            first = false;
        }
        while (i < end) {
            byte b = in[i++];
            if (b == '/' && last == '*') {
                if (--depth == 0) {
                    return i;
                }
                last = 0;
            } else if (b == '*' && last == '/') {
                depth++;
                last = 0;
            } else {
                last = b;
            }
        }
        return -1;
    }

    /// Whether it is meant for an optimiser: `/*+ … */`.
    boolean isHint() {
        return hint;
    }
}
