package dev.weir.config.convert;

import dev.weir.config.Compatibility;
import dev.weir.config.ConfigFormat;
import dev.weir.config.read.ConfigReader;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.RawBlock;
import dev.weir.config.read.RawConfig;
import dev.weir.config.read.RawSetting;
import dev.weir.config.read.UnreadableFile;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.InvalidValue;
import dev.weir.config.setting.RawValue;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a PgBouncer ini file as TOML that means the same: the same settings in the same order, with their comments,
/// and what the file includes in its place. Secrets stay as they are written: one that a variable holds stays with the
/// variable.
public final class TomlConversion {
    private final Path ini;
    private final IniComments comments;
    private final List<String> out = new ArrayList<>();

    private TomlConversion(Path ini) {
        this.ini = ini;
        this.comments = new IniComments(ini);
    }

    /// The TOML text for a file that [dev.weir.config.check.ConfigLoader] accepts.
    ///
    /// @param ini to be put beside it: relative names of files keep their meaning there
    /// @throws IllegalArgumentException if it is no such file
    public static String of(Path ini) {
        RawConfig raw = ConfigReader.read(ini);
        if (raw.format() != ConfigFormat.INI || !raw.problems().isEmpty()) {
            throw new IllegalArgumentException(ini + " is no ini file that can be read");
        }
        return new TomlConversion(ini).convert(raw);
    }

    private String convert(RawConfig raw) {
        out.add("[weir]");
        if (raw.global().stream().noneMatch(each -> each.key().equals(GeneralSettings.COMPATIBILITY.name()))) {
            out.add("# what clients are told is what PgBouncer tells them; \"weir\" for PostgreSQL's own words");
            out.add(GeneralSettings.COMPATIBILITY.name() + " = "
                    + GeneralSettings.COMPATIBILITY.type().toml(Compatibility.PGBOUNCER));
        }
        settings(Scope.GLOBAL, raw.global());
        blocks(Scope.DATABASE, "databases", raw.databases());
        blocks(Scope.USER, "users", raw.users());
        blocks(Scope.PEER, "peers", raw.peers());
        List<String> rest = comments.rest();
        if (!rest.isEmpty()) {
            out.add("");
            out.addAll(rest);
        }
        return String.join("\n", out).stripTrailing() + "\n";
    }

    private void blocks(Scope scope, String table, List<RawBlock> blocks) {
        Map<String, RawBlock> lastOfName = new LinkedHashMap<>();
        blocks.forEach(block -> lastOfName.put(block.name(), block));
        for (RawBlock block : lastOfName.values()) {
            out.add("");
            out.addAll(comments.before(block.origin()));
            out.add("[" + table + "." + key(block.name()) + "]");
            settings(scope, block.settings());
        }
    }

    private void settings(Scope scope, List<RawSetting> settings) {
        Map<Setting<?>, RawSetting> lastOfName = new LinkedHashMap<>();
        for (RawSetting each : settings) {
            Setting<?> setting = Settings.find(scope, each.key());
            if (setting == null) {
                throw new IllegalArgumentException("unknown setting " + each.key());
            }
            lastOfName.put(setting, each);
        }
        lastOfName.forEach((setting, each) -> {
            if (scope == Scope.GLOBAL) {
                out.addAll(comments.before(each.origin()));
            }
            // It would lead the next RELOAD back to the ini file.
            String mark = setting.equals(GeneralSettings.CONFFILE) ? "# " : "";
            out.add(mark + setting.name() + " = " + value(setting, each.value()));
        });
    }

    private <T> String value(Setting<T> setting, RawValue raw) {
        if (setting.mayContainSecret() && raw instanceof RawValue.IniText(String text)) {
            return quoted(text);
        }
        try {
            T value = setting.type().parse(raw);
            String toml = value instanceof String name && setting.name().endsWith("_file")
                    ? quoted(fileName(name))
                    : setting.type().toml(value);
            // Only in TOML do variables stand in any text.
            return toml.replace("${", "$${");
        } catch (InvalidValue e) {
            throw new IllegalArgumentException(setting.name() + ": " + e.reason(), e);
        }
    }

    /// A name that means the same in a TOML file, where it is relative to the file.
    private String fileName(String name) {
        if (name.isEmpty()) {
            return name;
        }
        try {
            Path found = new FileLookup(ini, ConfigFormat.INI)
                    .find(name)
                    .toAbsolutePath()
                    .normalize();
            Path beside = ini.resolveSibling(name).toAbsolutePath().normalize();
            return found.equals(beside) ? name : found.toString();
        } catch (UnreadableFile e) {
            return name; // not even a name
        }
    }

    private static String key(String name) {
        return name.matches("[A-Za-z0-9_-]+") ? name : quoted(name);
    }

    private static String quoted(String text) {
        return GeneralSettings.PIDFILE.type().toml(text);
    }
}
