package dev.weir.config.read;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import dev.weir.config.setting.RawValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// Reads Weir's TOML files: a table `[weir]`, and one table for each database (`[databases.NAME]`), user
/// (`[users.NAME]`) and peer (`[peers.N]`).
final class TomlReader {
    private static final List<String> TABLES = List.of("weir", "databases", "users", "peers");

    /// Longer lines are no headers of a table that anybody typed, and would take the pattern quadratic time.
    private static final int LINE_OF_HEADER_MAX = 200;

    private static final Pattern UNQUOTED_NAME =
            Pattern.compile("\\s*\\[\\s*(databases|users)\\s*\\.[^\"'\\]]*[^\"'\\]A-Za-z0-9_.\\s-][^\"'\\]]*].*");

    private final String file;
    private final SyntaxProblems problems = new SyntaxProblems();

    private TomlReader(String file) {
        this.file = file;
    }

    /// @param file where the text comes from, for messages
    static RawConfig read(String file, String text) {
        return new TomlReader(file).read(text);
    }

    private RawConfig read(String text) {
        List<String> lines = text.lines().toList();
        TomlParseResult result = Toml.parse(text);
        for (TomlParseError error : result.errors()) {
            problems.add(new Origin(file, error.position().line()), message(error, lines));
        }
        // What the parser makes of the rest of a broken file is a guess; checking it would report its own confusion.
        if (result.hasErrors()) {
            return RawConfig.broken(ConfigFormat.TOML, problems.list());
        }
        for (String key : result.keySet()) {
            if (TABLES.contains(key)) {
                continue;
            }
            if (!(result.get(List.of(key)) instanceof TomlTable)) {
                problems.add(
                        origin(result, key),
                        shortened(key) + " stands outside of a table; settings belong below [weir]");
            } else {
                problems.add(new SyntaxProblem(
                        origin(result, key),
                        "unknown table: " + shortened(key),
                        Nearest.find(key.toLowerCase(Locale.ROOT), TABLES)));
            }
        }
        TomlTable weir = table(result, "weir");
        return new RawConfig(
                ConfigFormat.TOML,
                weir == null ? List.of() : settings(weir),
                blocks(result, "databases"),
                blocks(result, "users"),
                blocks(result, "peers"),
                problems.list());
    }

    /// A broken line may hold a secret, which the parser would quote.
    private static String message(TomlParseError error, List<String> lines) {
        int number = error.position().line();
        String line = number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
        if (line.length() < LINE_OF_HEADER_MAX && UNQUOTED_NAME.matcher(line).matches()) {
            return "syntax error: names with other characters than letters, digits, _ and - stand in double quotes";
        }
        boolean secret = line.toLowerCase(Locale.ROOT).contains("password");
        String message = error.getMessage();
        return secret || message == null ? "syntax error" : "syntax error: " + shortened(message);
    }

    private @Nullable TomlTable table(TomlTable parent, String key) {
        Object value = parent.get(List.of(key));
        if (value == null || value instanceof TomlTable) {
            return (TomlTable) value;
        }
        problems.add(origin(parent, key), key + " is to be a table, written [" + key + "]");
        return null;
    }

    private List<RawBlock> blocks(TomlTable root, String key) {
        TomlTable parent = table(root, key);
        List<RawBlock> blocks = new ArrayList<>();
        if (parent == null) {
            return blocks;
        }
        for (String name : parent.keySet()) {
            if (parent.get(List.of(name)) instanceof TomlTable block) {
                blocks.add(new RawBlock(name, origin(parent, name), settings(block)));
            } else {
                problems.add(
                        origin(parent, name),
                        key + "." + shortened(name) + " is to be a table, written [" + key + ".\"" + shortened(name)
                                + "\"]");
            }
        }
        return blocks;
    }

    private List<RawSetting> settings(TomlTable table) {
        List<RawSetting> settings = new ArrayList<>();
        for (String key : table.keySet()) {
            settings.add(new RawSetting(key, value(table.get(List.of(key))), origin(table, key)));
        }
        return settings;
    }

    private static RawValue value(@Nullable Object value) {
        return switch (value) {
            case String text -> new RawValue.TomlText(text);
            case Long number -> new RawValue.TomlInteger(number);
            case Double number -> new RawValue.TomlFloat(number);
            case Boolean bool -> new RawValue.TomlBoolean(bool);
            case TomlArray array -> array(array);
            case TomlTable _ -> new RawValue.TomlOther("a table");
            case null, default -> new RawValue.TomlOther("a date or time");
        };
    }

    private static RawValue array(TomlArray array) {
        List<RawValue> items = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            items.add(value(array.get(i)));
        }
        return new RawValue.TomlArray(items);
    }

    private Origin origin(TomlTable table, String key) {
        TomlPosition position = table.inputPositionOf(List.of(key));
        return position == null ? Origin.wholeFile(file) : new Origin(file, position.line());
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
