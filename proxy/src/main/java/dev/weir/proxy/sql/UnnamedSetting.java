package dev.weir.proxy.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Calls of set_config, for longer than the transaction, whose first argument is neither a constant
/// nor a parameter: only the server knows what they set, and of the applications' own settings it
/// keeps no list. In the body of a DO, too.
final class UnnamedSetting {
    private static final Pattern CALL = Pattern.compile("(?i)set_config\"?\\s*+\\(\\s*+");
    private static final Pattern NAME =
            Pattern.compile("(?:('{1,2})[^'\\\\]*+\\1|\\$\\d{1,5})(?:\\s*+::\\s*+\\w++)?\\s*+,");
    private static final Pattern LAST_ARGUMENT = Pattern.compile("(?i)\\s*+true\\s*+");
    /// Longer calls are taken for lasting ones.
    private static final int CALL_CHARS_MAX = 4096;

    private UnnamedSetting() {}

    /// Whether there is one in this text.
    static boolean isIn(String text) {
        Matcher call = CALL.matcher(text);
        while (call.find()) {
            Matcher name = NAME.matcher(text).region(call.end(), text.length());
            if (!name.lookingAt() && !isLocal(text, call.end())) {
                return true;
            }
        }
        return false;
    }

    /// Whether the last argument of the call whose first one begins there is the word `true`.
    private static boolean isLocal(String text, int start) {
        int depth = 0;
        int comma = start;
        int end = Math.min(text.length(), start + CALL_CHARS_MAX);
        for (int i = start; i < end; i++) {
            switch (text.charAt(i)) {
                case '(' -> depth++;
                case ',' -> comma = depth == 0 ? i + 1 : comma;
                case ')' -> {
                    if (depth == 0) {
                        return LAST_ARGUMENT.matcher(text.substring(comma, i)).matches();
                    }
                    depth--;
                }
                default -> {} // some argument's
            }
        }
        return false;
    }
}
