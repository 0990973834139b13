package dev.weir.proxy.sql;

/// Follows one call of set_config to see whether its third argument is the word `true`.
final class SetConfigCall {
    private static final int THIRD = 2;

    /// The depth of parentheses inside of the call, 0 outside.
    private int openDepth;

    private int argument;
    private boolean isTrue;
    private boolean isOther;

    void forget() {
        openDepth = 0;
        argument = 0;
    }

    boolean isOpen() {
        return openDepth > 0;
    }

    /// Its parenthesis opens. Of a call inside of another's arguments the inner one is followed.
    ///
    /// @return the effect of a call that is no longer followed
    int onOpen(int depth) {
        int abandoned = abandon();
        openDepth = depth;
        argument = 0;
        isTrue = false;
        isOther = false;
        return abandoned;
    }

    /// Gives up a call whose end has not been seen.
    ///
    /// @return its effect
    int abandon() {
        boolean wasOpen = isOpen();
        forget();
        return wasOpen ? Effects.SETS : 0;
    }

    void onComma(int depth) {
        if (depth == openDepth) {
            argument++;
        } else {
            isOther |= argument == THIRD;
        }
    }

    /// A word, or anything else as [Word#OTHER].
    void onToken(Word word) {
        if (argument == THIRD) {
            isOther |= isTrue || word != Word.TRUE;
            isTrue = true;
        }
    }

    /// A parenthesis closes.
    ///
    /// @param depth inside of it
    /// @return the effect of the call, if this was its end
    int onClose(int depth) {
        if (!isOpen() || depth != openDepth) {
            onToken(Word.OTHER);
            return 0;
        }
        boolean local = argument == THIRD && isTrue && !isOther;
        forget();
        return local ? Effects.SETS_LOCAL : Effects.SETS;
    }
}
