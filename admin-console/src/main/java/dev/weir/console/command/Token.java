package dev.weir.console.command;

import java.util.Locale;

/// A piece of a statement.
///
/// @param kind what it is
/// @param text its value: quotes removed, case kept
/// @param start index of its first character in the query
/// @param end index behind its last character
record Token(Kind kind, String text, int start, int end) {

    enum Kind {
        /// A bare word or number.
        WORD,
        /// A `"quoted name"`.
        NAME,
        /// A `'quoted string'`.
        STRING,
        /// A parameter of the extended protocol, `$1`; the text is its number.
        PARAMETER,
        /// Any other character, or `::`.
        SYMBOL
    }

    /// Whether it is this keyword, in any case.
    boolean is(String keyword) {
        return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
    }

    /// Whether it can name something.
    boolean isName() {
        return kind == Kind.WORD || kind == Kind.NAME;
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    String upper() {
        return text.toUpperCase(Locale.ROOT);
    }

    String lower() {
        return text.toLowerCase(Locale.ROOT);
    }
}
