package dev.weir.config.read;

import dev.weir.config.ConfigFormat;
import java.util.regex.Pattern;

/// Tells PgBouncer's ini files from Weir's TOML files by what is in them; the name of a file says nothing.
final class FormatRecognition {
    private static final Pattern INI_LINE = Pattern.compile("\\[\\s*pgbouncer\\s*].*|;.*|%include\\b.*");
    private static final Pattern TOML_LINE =
            Pattern.compile("\\[\\s*weir\\s*].*|\\[\\s*(databases|users|peers)\\s*\\..*|\\[\\[.*");
    private static final Pattern SHARED_HEADER = Pattern.compile("\\[\\s*(databases|users|peers)\\s*]\\s*");
    private static final Pattern CONNECT_STRING_LINE = Pattern.compile("[^=\\[{]+=\\s*[a-z_]+\\s*=.*");

    private FormatRecognition() {}

    static ConfigFormat of(String text) {
        boolean inShared = false;
        for (String raw : (Iterable<String>) text.lines()::iterator) {
            String line = raw.strip();
            if (INI_LINE.matcher(line).matches()) {
                return ConfigFormat.INI;
            }
            if (TOML_LINE.matcher(line).matches()) {
                return ConfigFormat.TOML;
            }
            if (inShared && CONNECT_STRING_LINE.matcher(line).matches()) {
                return ConfigFormat.INI;
            }
            inShared |= SHARED_HEADER.matcher(line).matches();
        }
        // No line tells: half a file, or none. An ini file would at least have its [pgbouncer] section.
        return ConfigFormat.TOML;
    }
}
