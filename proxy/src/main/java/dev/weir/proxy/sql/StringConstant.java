package dev.weir.proxy.sql;

import dev.weir.proxy.sql.TokenSink.Constant;

/// The search for the end of a string constant in single quotes. It goes on, with the same rules, in a quote that
/// follows on another line.
final class StringConstant {
    private static final int INSIDE = 0;
    private static final int BACKSLASH = 1;
    private static final int QUOTE = 2;
    private static final int BEHIND = 3;
    private static final int BEHIND_DASH = 4;
    private static final int BEHIND_COMMENT = 5;

    private Constant kind = Constant.STRING;
    private int state;
    private boolean escapes;
    private boolean ordinary;
    private boolean backslashes;
    private boolean newline;
    private int endOffset;

    void reset() {
        backslashes = false;
    }

    /// Begins behind the opening quote.
    ///
    /// @param withEscapes whether a backslash hides the character behind it
    /// @param bySetting whether that depends on a setting
    void begin(Constant constant, boolean withEscapes, boolean bySetting) {
        state = INSIDE;
        kind = constant;
        escapes = withEscapes;
        ordinary = bySetting;
    }

    /// The index of the first byte that can be no part of it, or -1 if that is not in this piece. The blanks and
    /// comments
    /// behind the constant are gone, and so is one dash if [#tookDash].
    ///
    /// @param base what to add to an index to get the offset in the text
    int end(byte[] in, int start, int end, int base) {
        int i = start;
        while (i < end) {
            byte b = in[i];
            switch (state) {
                case INSIDE -> i = inside(in, i, end);
                case BACKSLASH -> {
                    state = INSIDE;
                    i++;
                }
                case QUOTE -> {
                    if (b == '\'') {
                        state = INSIDE;
                        i++;
                    } else {
                        endOffset = base + i;
                        newline = false;
                        state = BEHIND;
                    }
                }
                case BEHIND -> {
                    if (Bytes.classOf(b) == Bytes.SPACE) {
                        newline |= Bytes.isNewline(b);
                    } else if (b == '\'' && newline) {
                        state = INSIDE;
                        kind = Constant.OTHER_STRING;
                    } else if (b == '-') {
                        state = BEHIND_DASH;
                    } else {
                        return i;
                    }
                    i++;
                }
                case BEHIND_DASH -> {
                    if (b != '-') {
                        return i;
                    }
                    state = BEHIND_COMMENT;
                    i++;
                }
                default -> {
                    if (Bytes.isNewline(b)) {
                        state = BEHIND;
                    } else {
                        i++;
                    }
                }
            }
        }
        return -1;
    }

    private int inside(byte[] in, int start, int end) {
        int i = start;
        while (i < end) {
            byte b = in[i++];
            if (b == '\'') {
                state = QUOTE;
                return i;
            }
            if (b == '\\') {
                backslashes |= ordinary;
                if (escapes) {
                    state = BACKSLASH;
                    return i;
                }
            }
        }
        return i;
    }

    /// The text has ended.
    ///
    /// @return whether the constant has, too
    boolean finish(int length) {
        if (state == QUOTE) {
            endOffset = length;
        }
        return state >= QUOTE;
    }

    /// Whether a dash behind the constant was taken that is not of a comment.
    boolean tookDash() {
        return state == BEHIND_DASH;
    }

    /// The offset behind the constant.
    int endOffset() {
        return endOffset;
    }

    /// What it is; a continued one is [Constant#OTHER_STRING].
    Constant kind() {
        return kind;
    }

    /// Whether an ordinary constant of this text had a backslash.
    boolean hasBackslashes() {
        return backslashes;
    }
}
