package dev.weir.console.command;

import dev.weir.console.port.CommandRefused;
import java.util.ArrayList;
import java.util.List;

/// Cuts a query into statements and those into tokens, by PostgreSQL's lexical rules as far as the console needs them:
/// both kinds of quotes with doubled quotes inside, both kinds of comments, nested ones included. One pass, one use.
final class Lexer {

    private final String query;
    private final List<Statement> statements = new ArrayList<>();
    private List<Token> tokens = new ArrayList<>();
    private int statementStart;
    private int position;

    private Lexer(String query) {
        this.query = query;
    }

    /// The statements of a query; empty ones are left out.
    ///
    /// @throws CommandRefused if a quote or comment does not end
    static List<Statement> statements(String query) {
        return new Lexer(query).run();
    }

    private List<Statement> run() {
        while (position < query.length()) {
            step();
        }
        endStatement();
        return statements;
    }

    private void step() {
        char c = query.charAt(position);
        if (Character.isWhitespace(c)) {
            position++;
        } else if (c == ';') {
            endStatement();
            position++;
            statementStart = position;
        } else if (query.startsWith("--", position)) {
            int newline = query.indexOf('\n', position);
            position = newline < 0 ? query.length() : newline;
        } else if (query.startsWith("/*", position)) {
            blockComment();
        } else if (c == '\'') {
            quoted(Token.Kind.STRING, c);
        } else if (c == '"') {
            quoted(Token.Kind.NAME, c);
        } else if (c == '$' && isDigitAt(position + 1)) {
            parameter();
        } else if (isWordPart(c)) {
            word();
        } else {
            int length = query.startsWith("::", position) ? 2 : 1;
            add(Token.Kind.SYMBOL, query.substring(position, position + length), position + length);
        }
    }

    private void endStatement() {
        if (!tokens.isEmpty()) {
            statements.add(
                    new Statement(query.substring(statementStart, position).strip(), query, List.copyOf(tokens)));
            tokens = new ArrayList<>();
        }
    }

    private void blockComment() {
        int depth = 0;
        int at = position;
        do {
            if (query.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (query.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else if (at < query.length()) {
                at++;
            } else {
                throw new CommandRefused("42601", "unterminated /* comment", null, null);
            }
        } while (depth > 0);
        position = at;
    }

    private void quoted(Token.Kind kind, char quote) {
        StringBuilder text = new StringBuilder();
        for (int at = position + 1; at < query.length(); at++) {
            char c = query.charAt(at);
            if (c != quote) {
                text.append(c);
            } else if (at + 1 < query.length() && query.charAt(at + 1) == quote) {
                text.append(quote);
                at++;
            } else {
                add(kind, text.toString(), at + 1);
                return;
            }
        }
        throw new CommandRefused(
                "42601",
                kind == Token.Kind.NAME ? "unterminated quoted identifier" : "unterminated quoted string",
                null,
                null);
    }

    private void parameter() {
        int end = position + 1;
        while (isDigitAt(end)) {
            end++;
        }
        add(Token.Kind.PARAMETER, query.substring(position + 1, end), end);
    }

    private void word() {
        int end = position;
        while (end < query.length() && isWordPart(query.charAt(end)) && !query.startsWith("--", end)) {
            end++;
        }
        add(Token.Kind.WORD, query.substring(position, end), end);
    }

    private void add(Token.Kind kind, String text, int end) {
        tokens.add(new Token(kind, text, position, end));
        position = end;
    }

    private boolean isDigitAt(int index) {
        return index < query.length() && query.charAt(index) >= '0' && query.charAt(index) <= '9';
    }

    /// A hyphen belongs to a word, unlike in SQL: `PAUSE my-db` can mean only one thing.
    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || c == '_' || c == '-';
    }
}
