package dev.weir.proxy.sql;

/// The search for the end of a name in double quotes.
final class QuotedName {
    private final Carry carry = new Carry();
    private byte[] bytes = carry.bytes();
    private int from;
    private int to;
    private boolean behindQuote;

    /// Begins behind the opening quote.
    void begin() {
        carry.clear();
        behindQuote = false;
    }

    /// The index behind the name, or -1 if that is not in this piece.
    int end(byte[] in, int start, int end) {
        int i = start;
        if (behindQuote) {
            if (in[i] != '"') {
                useCarry();
                return i;
            }
            carry.add(in, i++, start + 1);
            behindQuote = false;
        }
        while (i < end) {
            if (in[i++] != '"') {
                continue;
            }
            if (i == end) {
                carry.add(in, start, i - 1);
                behindQuote = true;
                return -1;
            }
            if (in[i] != '"') {
                use(in, start, i - 1);
                return i;
            }
            i++;
        }
        carry.add(in, start, end);
        return -1;
    }

    private void use(byte[] in, int start, int end) {
        if (carry.isEmpty()) {
            bytes = in;
            from = start;
            to = end;
        } else {
            carry.add(in, start, end);
            useCarry();
        }
    }

    private void useCarry() {
        bytes = carry.bytes();
        from = 0;
        to = carry.kept();
    }

    /// The text has ended.
    ///
    /// @return whether the name has, too
    boolean finish() {
        useCarry();
        return behindQuote;
    }

    /// Where its content is, in which quotes are still doubled; of a name in several pieces only the beginning.
    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }
}
