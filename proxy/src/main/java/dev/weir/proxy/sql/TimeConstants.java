package dev.weir.proxy.sql;

/// String constants that mean a time which PostgreSQL reads off the clock when it prepares a statement: `'now'`,
/// `'today'`,
/// `'tomorrow'`, `'yesterday'`.
public final class TimeConstants {
    private static final String[] WORDS = {"now", "today", "tomorrow", "yesterday"};

    private TimeConstants() {}

    /// Whether a text may hold one: some quote with such a word behind it.
    public static boolean mayBeIn(byte[] text) {
        for (int at = 0; at < text.length; at++) {
            if (text[at] == '\'' && isOne(text, at + 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOne(byte[] text, int from) {
        int at = from;
        while (at < text.length && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) {
            at++;
        }
        for (String word : WORDS) {
            if (startsWith(text, at, word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] text, int at, String word) {
        if (text.length - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Bytes.lower(text[at + i]) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
