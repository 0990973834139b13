package dev.weir.config.read;

import java.util.ArrayList;
import java.util.List;

/// The right side of an ini file's database, user or peer line: `key=value` pairs separated by blanks, a value in
/// single quotes if need be, with `''` for a quote inside of them. An empty value is an error, as in PgBouncer.
final class ConnectString {
    /// One `key=value`.
    record Pair(String key, String value) {}

    private final String text;
    private int at;

    private ConnectString(String text) {
        this.text = text;
    }

    /// The pairs in their order.
    ///
    /// @throws BadConnectString at the first breach of the syntax
    static List<Pair> parse(String text) throws BadConnectString {
        return new ConnectString(text).pairs();
    }

    private List<Pair> pairs() throws BadConnectString {
        List<Pair> pairs = new ArrayList<>();
        skipBlanks();
        while (at < text.length()) {
            String key = key();
            skipBlanks();
            if (at == text.length() || text.charAt(at) != '=') {
                throw new BadConnectString(
                        pairs.isEmpty()
                                ? "a connect string of key=value pairs is expected"
                                : "expected key=value after " + pairs.getLast().key());
            }
            at++;
            skipBlanks();
            pairs.add(new Pair(key, value(key)));
            skipBlanks();
        }
        return pairs;
    }

    private String key() throws BadConnectString {
        int start = at;
        while (at < text.length() && text.charAt(at) != '=' && !blank(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw new BadConnectString("a key is missing before =");
        }
        return text.substring(start, at);
    }

    private String value(String key) throws BadConnectString {
        String value = at < text.length() && text.charAt(at) == '\'' ? quoted(key) : bare();
        if (value.isEmpty()) {
            throw new BadConnectString("the value of " + key + " is empty");
        }
        return value;
    }

    private String bare() {
        int start = at;
        while (at < text.length() && !blank(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String quoted(String key) throws BadConnectString {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\'') {
                boolean doubled = at + 1 < text.length() && text.charAt(at + 1) == '\'';
                at++;
                if (!doubled) {
                    requireEndOf(key);
                    return value.toString();
                }
            }
            value.append(c);
        }
        throw new BadConnectString("the quoted value of " + key + " does not end");
    }

    private void requireEndOf(String key) throws BadConnectString {
        if (at < text.length() && !blank(text.charAt(at))) {
            throw new BadConnectString("a blank is missing after the value of " + key);
        }
    }

    private void skipBlanks() {
        while (at < text.length() && blank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean blank(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
