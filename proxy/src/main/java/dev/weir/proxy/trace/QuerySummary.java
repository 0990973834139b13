package dev.weir.proxy.trace;

import java.util.Locale;
import java.util.Set;

/// What a statement does in a few words, `SELECT accounts`: the span's name and `db.query.summary`. Pure
/// functions.
final class QuerySummary {

    private static final int CHARS_MAX = 100;
    /// Whose second word tells what they are about.
    private static final Set<String> TWO_WORDS =
            Set.of("ALTER", "CREATE", "DROP", "REFRESH", "REASSIGN", "IMPORT", "SECURITY", "COMMENT");

    private final String text;
    private int at;
    private int depth;

    private QuerySummary(String text) {
        this.text = text;
    }

    /// The summary; empty if there is no word in the text.
    ///
    /// @param text without comments and constants
    static String of(String text) {
        String summary = new QuerySummary(text).summary();
        if (summary.length() <= CHARS_MAX) {
            return summary;
        }
        return summary.substring(0, CHARS_MAX - (Character.isHighSurrogate(summary.charAt(CHARS_MAX - 1)) ? 1 : 0));
    }

    private String summary() {
        String first = word().toUpperCase(Locale.ROOT);
        String target = switch (first) {
            case "SELECT", "DELETE" -> nameBehind("FROM");
            case "INSERT", "MERGE" -> nameBehind("INTO");
            case "UPDATE" -> name();
            default -> TWO_WORDS.contains(first) ? word().toUpperCase(Locale.ROOT) : "";
        };
        return target.isEmpty() ? first : first + " " + target;
    }

    /// The name behind the first such keyword that stands in no parentheses.
    private String nameBehind(String keyword) {
        while (at < text.length()) {
            String word = word();
            if (depth == 0 && word.equalsIgnoreCase(keyword)) {
                return name();
            }
        }
        return "";
    }

    private String name() {
        String name = word();
        return name.equalsIgnoreCase("ONLY") ? word() : name;
    }

    /// The next word or qualified name; empty if something else comes next, which is gone past.
    private String word() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        int start = at;
        while (at < text.length() && inName(text.charAt(at))) {
            if (text.charAt(at) == '"') {
                int close = text.indexOf('"', at + 1);
                at = close < 0 ? text.length() : close;
            }
            at = Math.min(at + 1, text.length());
        }
        if (at == start && at < text.length()) {
            char other = text.charAt(at++);
            depth += other == '(' ? 1 : other == ')' ? -1 : 0;
        }
        return start < at && inName(text.charAt(start)) ? text.substring(start, at) : "";
    }

    private static boolean inName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '"' || c == '$';
    }
}
