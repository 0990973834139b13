package dev.weir.proxy.sql;

import dev.weir.proxy.sql.TokenSink.Constant;

/// Cuts a SQL text into tokens as PostgreSQL's scanner does (Lexical Structure → Identifiers and Key Words, Constants,
/// Comments), in one pass over pieces of any size, with a fixed amount of memory. Trail bytes of other encodings must
/// have been made harmless before. For one thread at a time.
///
/// Where versions of PostgreSQL differ, as in `1e'…'`, the newer ones refuse the whole text and the older ones are
/// followed.
final class SqlLexer {
    private static final int BETWEEN = 0;
    private static final int WORD = 1;
    private static final int U_AMPERSAND = 2;
    private static final int NUMBER = 3;
    private static final int DOLLAR = 4;
    private static final int DOLLAR_QUOTE = 5;
    private static final int PARAMETER = 6;
    private static final int DASH = 7;
    private static final int LINE_COMMENT = 8;
    private static final int SLASH = 9;
    private static final int COMMENT = 10;
    private static final int STRING = 11;
    private static final int QUOTED = 12;
    private static final int LOST = 13;

    private static final byte[] LETTER_E = {'e'};
    private static final byte[] LETTER_U = {'u'};

    private final TokenSink sink;
    private final Carry carry = new Carry();
    private final QuotedName quotedName = new QuotedName();
    private final DollarQuote dollarQuote = new DollarQuote();
    private final BlockComment blockComment = new BlockComment();
    private final StringConstant string = new StringConstant();
    private final NumberConstant number = new NumberConstant();

    private boolean conforming;
    private int state;
    /// What makes an index in the current piece an offset in the text.
    private int base;
    private int consumed;
    private int coreStart;
    private int coreEnd;

    private int tokenAt;
    private int tokenFrom;
    private boolean unicode;

    SqlLexer(TokenSink sink) {
        this.sink = sink;
        reset(true);
    }

    /// Begins a new text.
    void reset(boolean standardConformingStrings) {
        conforming = standardConformingStrings;
        state = BETWEEN;
        consumed = 0;
        coreStart = -1;
        coreEnd = 0;
        string.reset();
    }

    /// Takes the next piece of the text.
    void feed(byte[] in, int from, int end) {
        base = consumed - from;
        tokenFrom = from;
        int i = from;
        while (i < end) {
            i = step(in, i, end);
        }
        if (state == WORD) {
            carry.add(in, tokenFrom, end);
        }
        consumed += end - from;
    }

    private int step(byte[] in, int i, int end) {
        return switch (state) {
            case BETWEEN -> between(in, i, end);
            case WORD -> word(in, i, end);
            case U_AMPERSAND -> uAmpersand(in[i], i);
            case NUMBER -> number(in, i, end);
            case DOLLAR -> dollar(in[i], i);
            case PARAMETER -> parameter(in, i, end);
            case DOLLAR_QUOTE -> dollarQuote(in, i, end);
            case DASH -> dash(in[i], i);
            case LINE_COMMENT -> lineComment(in, i, end);
            case SLASH -> slash(in[i], i);
            case COMMENT -> comment(in, i, end);
            case STRING -> string(in, i, end);
            case QUOTED -> quoted(in, i, end);
            default -> end;
        };
    }

    private int between(byte[] in, int start, int end) {
        int i = start;
        while (i < end) {
            byte b = in[i];
            switch (Bytes.classOf(b)) {
                case Bytes.SPACE -> i++;
                case Bytes.LETTER -> {
                    state = WORD;
                    tokenAt = base + i;
                    tokenFrom = i;
                    carry.clear();
                    i = word(in, i + 1, end);
                    if (state != BETWEEN) {
                        return i;
                    }
                }
                case Bytes.SYMBOL -> {
                    symbol(b, base + i);
                    i++;
                }
                default -> {
                    tokenAt = base + i;
                    return special(Bytes.classOf(b), i);
                }
            }
        }
        return i;
    }

    private int special(int byteClass, int i) {
        switch (byteClass) {
            case Bytes.QUOTE -> beginString(conforming ? Constant.STRING : Constant.ESCAPE_STRING, !conforming, true);
            case Bytes.DOUBLE_QUOTE -> beginQuoted(false);
            case Bytes.DIGIT -> {
                state = NUMBER;
                number.begin();
            }
            case Bytes.DOLLAR -> state = DOLLAR;
            case Bytes.DASH -> state = DASH;
            default -> state = SLASH;
        }
        return i + 1;
    }

    private int word(byte[] in, int start, int end) {
        int i = start;
        while (i < end && Bytes.inNames(in[i])) {
            i++;
        }
        if (i == end) {
            return i;
        }
        if (base + i - tokenAt == 1 && isPrefix(carry.isEmpty() ? in[tokenFrom] : carry.bytes()[0], in[i])) {
            return i + 1;
        }
        state = BETWEEN;
        endWord(in, i);
        return i;
    }

    /// Whether a word of one letter and the byte behind it begin a constant; if so, that has begun.
    private boolean isPrefix(byte letter, byte next) {
        if (next == '\'') {
            switch (letter) {
                case 'e', 'E' -> beginString(Constant.ESCAPE_STRING, true, false);
                case 'b', 'B', 'x', 'X' -> beginString(Constant.OTHER_STRING, false, false);
                case 'n', 'N' -> beginString(Constant.OTHER_STRING, !conforming, true);
                default -> {
                    return false;
                }
            }
            return true;
        }
        if (next == '&' && (letter == 'u' || letter == 'U')) {
            state = U_AMPERSAND;
            return true;
        }
        return false;
    }

    private void endWord(byte[] in, int to) {
        note(tokenAt, base + to);
        if (carry.isEmpty()) {
            sink.word(in, tokenFrom, to, tokenAt);
        } else {
            carry.add(in, tokenFrom, to);
            sink.word(carry.bytes(), 0, carry.kept(), tokenAt);
        }
    }

    private int uAmpersand(byte b, int i) {
        switch (b) {
            case '\'' -> beginString(Constant.OTHER_STRING, false, false);
            case '"' -> beginQuoted(true);
            default -> {
                endUAmpersand();
                return i;
            }
        }
        return i + 1;
    }

    private void endUAmpersand() {
        state = BETWEEN;
        shortWord(LETTER_U, tokenAt);
        symbol((byte) '&', tokenAt + 1);
    }

    private void shortWord(byte[] letter, int at) {
        note(at, at + 1);
        sink.word(letter, 0, 1, at);
    }

    private int number(byte[] in, int start, int end) {
        int behind = number.end(in, start, end);
        if (behind < 0) {
            return end;
        }
        endNumber(base + behind, false);
        return behind;
    }

    /// An `e` without digits behind it begins a name, and the sign behind that perhaps a comment.
    private void endNumber(int end, boolean atEndOfText) {
        int surplus = number.surplus();
        constant(Constant.NUMBER, tokenAt, end - surplus);
        tokenAt = end - surplus;
        state = BETWEEN;
        if (surplus == 1 && !atEndOfText) {
            carry.clear();
            carry.add(LETTER_E, 0, 1);
            tokenFrom = end - base;
            state = WORD;
        } else if (surplus > 0) {
            shortWord(LETTER_E, tokenAt);
        }
        if (surplus == 2) {
            tokenAt = end - 1;
            if (number.sign() == '-' && !atEndOfText) {
                state = DASH;
            } else {
                symbol(number.sign(), tokenAt);
            }
        }
    }

    private int dollar(byte b, int i) {
        if (Bytes.classOf(b) == Bytes.DIGIT) {
            state = PARAMETER;
        } else {
            state = DOLLAR_QUOTE;
            dollarQuote.begin();
        }
        return i;
    }

    private int dollarQuote(byte[] in, int start, int end) {
        int behind = dollarQuote.end(in, start, end);
        if (behind < 0) {
            return end;
        }
        if (dollarQuote.isTooLong()) {
            state = LOST;
            return behind;
        }
        state = BETWEEN;
        if (dollarQuote.isInTag()) {
            // a dollar sign that quotes nothing is a syntax error in any case
            symbol((byte) '$', tokenAt);
        } else {
            constant(Constant.DOLLAR_STRING, tokenAt, base + behind);
        }
        return behind;
    }

    private int parameter(byte[] in, int start, int end) {
        int i = start;
        while (i < end && Bytes.classOf(in[i]) == Bytes.DIGIT) {
            i++;
        }
        if (i < end) {
            state = BETWEEN;
            constant(Constant.PARAMETER, tokenAt, base + i);
        }
        return i;
    }

    private int dash(byte b, int i) {
        state = b == '-' ? LINE_COMMENT : BETWEEN;
        if (state == LINE_COMMENT) {
            return i + 1;
        }
        symbol((byte) '-', tokenAt);
        return i;
    }

    private int lineComment(byte[] in, int start, int end) {
        int i = start;
        while (i < end && !Bytes.isNewline(in[i])) {
            i++;
        }
        state = i < end ? BETWEEN : LINE_COMMENT;
        return i;
    }

    private int slash(byte b, int i) {
        if (b == '*') {
            state = COMMENT;
            blockComment.begin();
            return i + 1;
        }
        state = BETWEEN;
        symbol((byte) '/', tokenAt);
        return i;
    }

    private int comment(byte[] in, int start, int end) {
        int behind = blockComment.end(in, start, end);
        if (behind < 0) {
            return end;
        }
        state = BETWEEN;
        if (blockComment.isHint()) {
            note(tokenAt, base + behind);
        }
        return behind;
    }

    private void beginString(Constant kind, boolean escapes, boolean bySetting) {
        state = STRING;
        string.begin(kind, escapes, bySetting);
    }

    private int string(byte[] in, int start, int end) {
        int behind = string.end(in, start, end, base);
        if (behind < 0) {
            return end;
        }
        state = BETWEEN;
        constant(string.kind(), tokenAt, string.endOffset());
        if (string.tookDash()) {
            state = DASH;
            tokenAt = base + behind - 1;
        }
        return behind;
    }

    private void beginQuoted(boolean withEscapes) {
        state = QUOTED;
        unicode = withEscapes;
        quotedName.begin();
    }

    private int quoted(byte[] in, int start, int end) {
        int behind = quotedName.end(in, start, end);
        if (behind < 0) {
            return end;
        }
        endQuoted(base + behind);
        return behind;
    }

    private void endQuoted(int end) {
        state = BETWEEN;
        note(tokenAt, end);
        sink.quoted(quotedName.bytes(), quotedName.from(), quotedName.to(), tokenAt, end, unicode);
    }

    private void constant(Constant constant, int at, int end) {
        note(at, end);
        sink.constant(constant, at, end);
    }

    private void symbol(byte symbol, int at) {
        if (symbol != ';') {
            note(at, at + 1);
        }
        sink.symbol(symbol, at);
    }

    private void note(int at, int end) {
        if (coreStart < 0) {
            coreStart = at;
        }
        coreEnd = end;
    }

    /// Ends the text.
    ///
    /// @return whether it was read to its end, outside of strings, quoted names and comments
    boolean finish() {
        int last = state;
        base = consumed;
        tokenFrom = 0;
        state = BETWEEN;
        switch (last) {
            case BETWEEN, LINE_COMMENT -> {}
            case WORD -> endWord(LETTER_E, 0);
            case U_AMPERSAND -> endUAmpersand();
            case NUMBER -> endNumber(consumed, true);
            case DOLLAR -> symbol((byte) '$', tokenAt);
            case PARAMETER -> constant(Constant.PARAMETER, tokenAt, consumed);
            case DASH -> symbol((byte) '-', tokenAt);
            case SLASH -> symbol((byte) '/', tokenAt);
            case QUOTED -> {
                return finishQuoted();
            }
            case STRING -> {
                return finishString();
            }
            default -> {
                state = last;
                return false;
            }
        }
        return true;
    }

    private boolean finishQuoted() {
        if (!quotedName.finish()) {
            return false;
        }
        endQuoted(consumed);
        return true;
    }

    private boolean finishString() {
        if (!string.finish(consumed)) {
            return false;
        }
        constant(string.kind(), tokenAt, string.endOffset());
        if (string.tookDash()) {
            symbol((byte) '-', consumed - 1);
        }
        return true;
    }

    /// Whether reading was given up.
    boolean isLost() {
        return state == LOST;
    }

    /// Whether an ordinary string had a backslash.
    boolean hasBackslashes() {
        return string.hasBackslashes();
    }

    /// Where the tokens stand that are not semicolons at its ends; empty if there are none.
    long core() {
        return coreStart < 0 ? SqlText.pack(0, 0) : SqlText.pack(coreStart, coreEnd - coreStart);
    }
}
