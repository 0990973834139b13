package dev.weir.proxy.sql;

/// Is told the tokens of a text, one after the other, without comments and blanks. Offsets count from the text's start.
/// The bytes are lent for the call only.
interface TokenSink {
    /// What a constant is.
    enum Constant {
        /// `'…'`
        STRING,
        /// `E'…'`, and `'…'` where a backslash is no ordinary character.
        ESCAPE_STRING,
        /// `$tag$…$tag$`
        DOLLAR_STRING,
        /// `B'…'`, `X'…'`, `N'…'`, `U&'…'` and whatever is continued on another line.
        OTHER_STRING,
        /// Digits, with fraction and exponent.
        NUMBER,
        /// `$1`
        PARAMETER
    }

    /// A keyword or a name without quotes. Of one that is longer than [Carry#MAX] only the beginning may be
    /// there.
    void word(byte[] bytes, int from, int to, int at);

    /// A name in double quotes.
    ///
    /// @param from where its content begins, in which a quote is still doubled; cut short like a word
    /// @param at where the token begins
    /// @param end the offset behind the closing quote
    /// @param unicode whether it has escapes of its own: `U&"…"`
    void quoted(byte[] bytes, int from, int to, int at, int end, boolean unicode);

    /// A constant from its first byte to the one before `end`.
    void constant(Constant kind, int at, int end);

    /// One byte of anything else. An operator comes byte by byte.
    void symbol(byte symbol, int at);
}
