package dev.weir.proxy.doctor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One thing that was looked at.
///
/// @param check what was looked for, a word such as `login`
/// @param subject where: a server, a pool, a file; holds no secret
/// @param message what is there
/// @param advice what to write or do instead, null where all is well
public record Finding(
        Level level,
        String check,
        String subject,
        String message,
        @Nullable String advice) {

    private static final int TEXT_MAX = 2000;

    /// One line, and nothing that a terminal would obey: servers have a say in the texts.
    @Override
    public String toString() {
        String line = "%-4s  %-10s  %s: %s".formatted(level, check, printable(subject), printable(message));
        return advice == null ? line : line + " -> " + printable(advice);
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), TEXT_MAX));
        for (int i = 0; i < text.length(); i++) {
            if (shown.length() >= TEXT_MAX) {
                return shown.append(" …").toString();
            }
            char c = text.charAt(i);
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    shown.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
                default -> shown.append(c);
            }
        }
        return shown.toString();
    }
}
