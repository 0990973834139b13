package dev.weir.config.access;

import java.util.ArrayList;
import java.util.List;

/// Cuts a line into fields, and fields into tokens, as PostgreSQL does for `pg_hba.conf`: blanks end a field, commas a
/// token; quotes take both their meaning and may stand anywhere in a token; two quotes inside are one; `#` begins a
/// comment.
public final class LineLexer {
    private final String line;
    private int at;

    private LineLexer(String line) {
        this.line = line;
    }

    /// The fields of a line; none for an empty one.
    ///
    /// @throws BadOption if a quote does not end or a comma has nothing to separate
    public static List<List<Token>> fields(String line) throws BadOption {
        LineLexer lexer = new LineLexer(line);
        List<List<Token>> fields = new ArrayList<>();
        lexer.skipBlanks();
        while (!lexer.atEnd()) {
            fields.add(lexer.field());
            lexer.skipBlanks();
        }
        return fields;
    }

    private List<Token> field() throws BadOption {
        List<Token> tokens = new ArrayList<>();
        do {
            Token token = token();
            if (token.text().isEmpty() && !token.quoted()) {
                throw new BadOption("a comma with nothing beside it");
            }
            tokens.add(token);
        } while (takeComma());
        return List.copyOf(tokens);
    }

    /// A comma binds the next token to the same field, blanks behind it or not.
    private boolean takeComma() {
        if (at < line.length() && line.charAt(at) == ',') {
            at++;
            skipBlanks();
            return true;
        }
        return false;
    }

    private Token token() throws BadOption {
        StringBuilder text = new StringBuilder();
        boolean quoted = at < line.length() && line.charAt(at) == '"';
        boolean inQuotes = false;
        for (; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                if (inQuotes && at + 1 < line.length() && line.charAt(at + 1) == '"') {
                    text.append(c);
                    at++;
                } else {
                    inQuotes = !inQuotes;
                }
            } else if (!inQuotes && (isBlank(c) || c == ',' || c == '#')) {
                break;
            } else if (c == '\0') {
                throw new BadOption("contains a NUL");
            } else {
                text.append(c);
            }
        }
        if (inQuotes) {
            throw new BadOption("a quote that does not end");
        }
        return new Token(text.toString(), quoted);
    }

    private void skipBlanks() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
    }

    private boolean atEnd() {
        return at >= line.length() || line.charAt(at) == '#';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
