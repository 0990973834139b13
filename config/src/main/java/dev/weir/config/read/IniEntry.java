package dev.weir.config.read;

import org.jspecify.annotations.Nullable;

/// One `name = value` line of an ini file. Immutable.
///
/// @param name without its quotes
/// @param value trimmed
record IniEntry(String name, String value) {
    /// Reads a trimmed line, or gives null if it is none: a name of letters, digits, `_`, `.`, `-`, `*`, or any one in
    /// single quotes with `''` for a quote, then `=`. Written by hand because the regular expression for the quoted
    /// name would recurse once for each of its characters.
    static @Nullable IniEntry parse(String line) {
        StringBuilder name = new StringBuilder();
        int end = line.startsWith("'") ? quoted(line, name) : plain(line, name);
        while (end >= 0 && end < line.length() && Character.isWhitespace(line.charAt(end))) {
            end++;
        }
        if (end < 0 || end == line.length() || line.charAt(end) != '=') {
            return null;
        }
        return new IniEntry(name.toString(), line.substring(end + 1).strip());
    }

    /// The index behind the name, or -1 if there is none.
    private static int plain(String line, StringBuilder name) {
        int at = 0;
        while (at < line.length() && isNameCharacter(line.charAt(at))) {
            name.append(line.charAt(at++));
        }
        return at == 0 ? -1 : at;
    }

    /// The index behind the closing quote, or -1 if there is none.
    private static int quoted(String line, StringBuilder name) {
        for (int at = 1; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\'') {
                at++;
                if (at == line.length() || line.charAt(at) != '\'') {
                    return at;
                }
            }
            name.append(c);
        }
        return -1;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "_.-*".indexOf(c) >= 0;
    }
}
