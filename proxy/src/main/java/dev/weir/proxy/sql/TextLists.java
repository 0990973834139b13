package dev.weir.proxy.sql;

/// Follows the lists of a text whose length says nothing: the constants behind IN and ARRAY, and the rows behind
/// VALUES.
/// Tells which tokens repeat what was told, and holds back those of which that is not known yet.
final class TextLists {
    private enum State {
        NONE,
        /// The last token was IN or ARRAY.
        BEFORE_LIST,
        /// Between the parentheses of a list, of which only constants have been seen.
        IN_LIST,
        /// The last token was VALUES.
        BEFORE_ROWS,
        IN_FIRST_ROW,
        BEHIND_ROW,
        IN_OTHER_ROW
    }

    private State state = State.NONE;
    private int depth;
    private boolean constantBefore;
    private boolean repeated;
    private int comma;
    private int sign;
    private int semicolon;

    void reset() {
        state = State.NONE;
        depth = 0;
        constantBefore = false;
        repeated = false;
        comma = -1;
        sign = -1;
        semicolon = -1;
    }

    /// Whether tokens are not to be told.
    boolean skips() {
        return state == State.IN_OTHER_ROW;
    }

    /// The same for a symbol, which may end that, or begin it.
    boolean skipsSymbol(byte symbol) {
        if (state == State.BEHIND_ROW && symbol == '(' && comma >= 0) {
            state = State.IN_OTHER_ROW;
            comma = -1;
            repeated = true;
            depth = 1;
            return true;
        }
        if (state != State.IN_OTHER_ROW) {
            return false;
        }
        if (nest(symbol) == 0) {
            state = State.BEHIND_ROW;
        }
        return true;
    }

    private int nest(byte symbol) {
        depth += symbol == '(' ? 1 : symbol == ')' ? -1 : 0;
        return depth;
    }

    /// Whether a constant here is another one of a list.
    boolean isRepetition() {
        return state == State.IN_LIST && constantBefore && comma >= 0;
    }

    void onRepetition() {
        comma = -1;
        sign = -1;
        repeated = true;
    }

    /// Where a list's first constant begins, of which a sign is part.
    int beginOfConstant(int at) {
        return state == State.IN_LIST && !constantBefore && sign >= 0 ? takeSign() : at;
    }

    void onConstant() {
        constantBefore = true;
        leaveUnlessWithin();
    }

    void onOther() {
        constantBefore = false;
        leaveUnlessWithin();
    }

    private void leaveUnlessWithin() {
        if (state != State.IN_LIST && state != State.IN_FIRST_ROW) {
            state = State.NONE;
        }
    }

    void onWord(byte[] in, int start, int end) {
        constantBefore = false;
        if (state == State.IN_FIRST_ROW) {
            return;
        }
        if (isWord("in", in, start, end) || isWord("array", in, start, end)) {
            state = State.BEFORE_LIST;
        } else if (isWord("values", in, start, end)) {
            state = State.BEFORE_ROWS;
        } else if (state != State.IN_LIST) {
            state = State.NONE;
        }
    }

    private static boolean isWord(String word, byte[] in, int start, int end) {
        if (end - start != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Bytes.lower(in[start + i]) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Whether a symbol is not to be told before it is known what follows.
    boolean holds(byte symbol, int at) {
        if (symbol == ';') {
            semicolon = semicolon < 0 ? at : semicolon;
            state = State.NONE;
            return true;
        }
        if (symbol == ',' && comma < 0 && ((state == State.IN_LIST && constantBefore) || state == State.BEHIND_ROW)) {
            comma = at;
            return true;
        }
        if ((symbol == '-' || symbol == '+') && state == State.IN_LIST && sign < 0 && (comma >= 0 || !constantBefore)) {
            sign = at;
            return true;
        }
        return false;
    }

    void onSymbol(byte symbol) {
        constantBefore = false;
        switch (state) {
            case BEFORE_LIST -> state = symbol == '(' || symbol == '[' ? State.IN_LIST : State.NONE;
            case IN_LIST -> {
                if (symbol == '(' || symbol == ')' || symbol == ']') {
                    state = State.NONE;
                }
            }
            case BEFORE_ROWS -> {
                state = symbol == '(' ? State.IN_FIRST_ROW : State.NONE;
                depth = 1;
            }
            case IN_FIRST_ROW -> {
                if (nest(symbol) == 0) {
                    state = State.BEHIND_ROW;
                }
            }
            case NONE, BEHIND_ROW, IN_OTHER_ROW -> state = State.NONE;
        }
    }

    /// Whether something was left out since the last token that was told.
    boolean takeOthers() {
        boolean taken = repeated;
        repeated = false;
        return taken;
    }

    /// Where a comma stands that was held back, -1 for none.
    int takeComma() {
        int taken = comma;
        comma = -1;
        return taken;
    }

    /// Where a sign stands that was held back, -1 for none.
    int takeSign() {
        int taken = sign;
        sign = -1;
        return taken;
    }

    /// Where a semicolon stands that was held back, -1 for none.
    int takeSemicolon() {
        int taken = semicolon;
        semicolon = -1;
        return taken;
    }
}
