package dev.weir.console.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in the tokens of a statement. Confined to one thread.
final class Cursor {

    private final List<Token> tokens;
    private int index;

    Cursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    boolean atEnd() {
        return index == tokens.size();
    }

    /// The next token without stepping over it; `null` at the end.
    @Nullable
    Token peek() {
        return atEnd() ? null : tokens.get(index);
    }

    /// Steps over the next token; `null` at the end.
    @Nullable
    Token next() {
        return atEnd() ? null : tokens.get(index++);
    }

    /// Steps over the next token if it is this keyword.
    boolean skip(String keyword) {
        Token token = peek();
        return token != null && token.is(keyword) && step();
    }

    /// Steps over the next tokens if they are these keywords.
    boolean skipAll(String... keywords) {
        int before = index;
        for (String keyword : keywords) {
            if (!skip(keyword)) {
                index = before;
                return false;
            }
        }
        return true;
    }

    /// Steps over the next token if it is this symbol.
    boolean skipSymbol(String symbol) {
        Token token = peek();
        return token != null && token.isSymbol(symbol) && step();
    }

    private boolean step() {
        index++;
        return true;
    }
}
