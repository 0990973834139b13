package dev.weir.config.read;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import dev.weir.config.setting.RawValue;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads PgBouncer's ini files. Comments only where `;` or `#` is the first thing on a line; values are the rest of the
/// line, trimmed; names other than letters, digits, `_`, `.`, `-`, `*` stand in single quotes; `%include` may stand
/// anywhere and open sections. Unlike PgBouncer it goes on after an error, so that all of them can be told.
final class IniReader {
    /// PgBouncer's limit on includes within includes.
    private static final int DEPTH_MAX = 10;

    /// Files that include others twice at every depth would otherwise be read a thousand times.
    private static final int FILES_MAX = 200;

    private static final Pattern SECTION = Pattern.compile("\\[([^\\]]*)]\\s*");
    private static final Pattern INCLUDE = Pattern.compile("%include\\s+(.*)");

    /// What the lines that follow a header belong to.
    private enum Section {
        NONE,
        PGBOUNCER,
        DATABASES,
        USERS,
        PEERS,
        UNKNOWN
    }

    private final FileLookup files;
    private final SyntaxProblems problems = new SyntaxProblems();
    private final List<RawSetting> global = new ArrayList<>();
    private final List<RawBlock> databases = new ArrayList<>();
    private final List<RawBlock> users = new ArrayList<>();
    private final List<RawBlock> peers = new ArrayList<>();
    private Section section = Section.NONE;
    private boolean pgbouncerSeen;
    private final Deque<Path> open = new ArrayDeque<>();
    private int filesRead;
    private int charactersLeft = TextFile.CONFIG_BYTES_MAX;

    private IniReader(Path file) {
        this.files = new FileLookup(file, ConfigFormat.INI);
    }

    /// @param file where the text comes from, for messages and includes
    static RawConfig read(Path file, String text) {
        IniReader reader = new IniReader(file);
        reader.file(file, file.toString(), text);
        if (!reader.pgbouncerSeen) {
            reader.problems.add(Origin.wholeFile(file.toString()), "there is no [pgbouncer] section");
        }
        return new RawConfig(
                ConfigFormat.INI, reader.global, reader.databases, reader.users, reader.peers, reader.problems.list());
    }

    private void file(Path path, String name, String text) {
        charactersLeft -= text.length();
        open.push(path.toAbsolutePath().normalize());
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            line(line.strip(), new Origin(name, ++number));
        }
        open.pop();
    }

    private void line(String line, Origin origin) {
        if (line.isEmpty() || line.startsWith(";") || line.startsWith("#")) {
            return;
        }
        switch (line.charAt(0)) {
            case '[' -> header(line, origin);
            case '%' -> include(line, origin);
            default -> entry(line, origin);
        }
    }

    private void header(String line, Origin origin) {
        Matcher matcher = SECTION.matcher(line);
        if (!matcher.matches()) {
            section = Section.UNKNOWN;
            problems.add(origin, "syntax error: a section is written [name], with nothing behind it");
            return;
        }
        String name = matcher.group(1);
        section = switch (name) {
            case "pgbouncer" -> Section.PGBOUNCER;
            case "databases" -> Section.DATABASES;
            case "users" -> Section.USERS;
            case "peers" -> Section.PEERS;
            default -> Section.UNKNOWN;
        };
        pgbouncerSeen |= section == Section.PGBOUNCER;
        if (section == Section.UNKNOWN) {
            problems.add(new SyntaxProblem(origin, "unknown section: " + shortened(name), nearestSection(name)));
        }
    }

    private static @Nullable String nearestSection(String name) {
        return Nearest.find(name.toLowerCase(Locale.ROOT), List.of("pgbouncer", "databases", "users", "peers"));
    }

    private void include(String line, Origin origin) {
        Matcher matcher = INCLUDE.matcher(line);
        if (!matcher.matches()) {
            problems.add(origin, "syntax error: only %include is known after %");
            return;
        }
        String name = matcher.group(1);
        try {
            Path path = files.find(name);
            requireIncludable(path);
            file(path, name, TextFile.read(path, charactersLeft));
        } catch (UnreadableFile e) {
            boolean ofLine = e.line() != 0;
            problems.add(
                    ofLine ? new Origin(name, e.line()) : origin,
                    ofLine ? e.reason() : "included file " + shortened(name) + ": " + e.reason());
        }
    }

    private void requireIncludable(Path path) throws UnreadableFile {
        if (open.contains(path.toAbsolutePath().normalize())) {
            throw new UnreadableFile("includes itself");
        }
        if (open.size() >= DEPTH_MAX) {
            throw new UnreadableFile("includes are more than " + DEPTH_MAX + " deep");
        }
        if (++filesRead > FILES_MAX) {
            throw new UnreadableFile("more than " + FILES_MAX + " files are included");
        }
    }

    private void entry(String line, Origin origin) {
        IniEntry entry = IniEntry.parse(line);
        if (entry == null) {
            problems.add(
                    origin,
                    line.startsWith("\"")
                            ? "syntax error: names with special characters stand in single quotes"
                            : "syntax error: expected key = value");
            return;
        }
        String name = entry.name();
        String value = entry.value();
        switch (section) {
            case NONE -> problems.add(origin, "stands before the first section");
            case PGBOUNCER -> global.add(new RawSetting(name, new RawValue.IniText(value), origin));
            case DATABASES -> block(databases, name, value, origin);
            case USERS -> block(users, name, value, origin);
            case PEERS -> block(peers, name, value, origin);
            case UNKNOWN -> {
                // The header was the mistake; one message is enough.
            }
        }
    }

    private void block(List<RawBlock> blocks, String name, String value, Origin origin) {
        try {
            List<RawSetting> settings = ConnectString.parse(value).stream()
                    .map(pair -> new RawSetting(pair.key(), new RawValue.IniText(pair.value()), origin))
                    .toList();
            blocks.add(new RawBlock(name, origin, settings));
        } catch (BadConnectString e) {
            problems.add(origin, shortened(name) + ": " + e.reason());
        }
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
