package dev.weir.config.check;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import dev.weir.config.read.Nearest;
import dev.weir.config.read.RawSetting;
import dev.weir.config.setting.InvalidValue;
import dev.weir.config.setting.RawValue;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns the raw settings of one place into typed values and reports all that cannot be.
final class ValueChecker {
    private final Scope scope;
    private final String prefix;
    private final ConfigFormat format;
    private final Environment environment;
    private final Problems problems;
    private final Map<Setting<?>, Origin> origins = new HashMap<>();
    private SettingValues values = SettingValues.empty();

    /// @param prefix what goes before a key in messages, such as `databases.app.`
    private ValueChecker(Scope scope, String prefix, ConfigFormat format, Environment environment, Problems problems) {
        this.scope = scope;
        this.prefix = prefix;
        this.format = format;
        this.environment = environment;
        this.problems = problems;
    }

    static CheckedValues check(
            Scope scope,
            String prefix,
            ConfigFormat format,
            List<RawSetting> settings,
            Environment environment,
            Problems problems) {
        ValueChecker checker = new ValueChecker(scope, prefix, format, environment, problems);
        settings.forEach(checker::check);
        return new CheckedValues(checker.values, checker.origins);
    }

    private void check(RawSetting raw) {
        Setting<?> setting = Settings.find(scope, raw.key());
        if (setting == null) {
            problems.add(unknown(raw));
            return;
        }
        Origin earlier = origins.put(setting, raw.origin());
        if (earlier != null) {
            problems.add(Problem.warning(
                    raw.origin(), prefix + raw.key(), "already given at " + earlier + "; this one counts"));
        }
        value(setting, raw);
    }

    private <T> void value(Setting<T> setting, RawSetting raw) {
        // PgBouncer's files know no variables; only where a secret should not stand in a file may they be used.
        boolean expands = format == ConfigFormat.TOML || setting.mayContainSecret();
        try {
            RawValue expanded = expands ? environment.expand(raw.value()) : raw.value();
            T value = setting.type().parse(expanded);
            if (setting.supports(value)) {
                values = values.with(setting, value);
            } else {
                problems.add(problem(raw, setting, "this version of Weir cannot do that", supported(setting)));
            }
        } catch (InvalidValue e) {
            problems.add(problem(raw, setting, reason(e, raw), setting.type().allowed()));
        }
    }

    /// An ini file's comments begin at the beginning of a line; behind a value they are part of it.
    private static String reason(InvalidValue e, RawSetting raw) {
        boolean comment = raw.value() instanceof RawValue.IniText(String text) && text.matches(".*\\s[;#].*");
        return comment ? e.reason() + ", and a comment behind a value is part of it" : e.reason();
    }

    private static <T> String supported(Setting<T> setting) {
        String text = setting.supportedText();
        return text.isEmpty() ? "the default, " + setting.type().toml(setting.defaultValue()) : text;
    }

    private Problem problem(RawSetting raw, Setting<?> setting, String message, String allowed) {
        String shown = setting.mayContainSecret() ? null : raw.value().display();
        return new Problem(
                Severity.ERROR, raw.origin(), prefix + raw.key(), shown, message, allowed, meant(raw, setting));
    }

    private static @Nullable String meant(RawSetting raw, Setting<?> setting) {
        String word = switch (raw.value()) {
            case RawValue.IniText(String text) -> text;
            case RawValue.TomlText(String text) -> text;
            case RawValue.TomlInteger _,
                    RawValue.TomlFloat _,
                    RawValue.TomlBoolean _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> "";
        };
        String nearest =
                Nearest.find(word.toLowerCase(Locale.ROOT), setting.type().words());
        // A word that is known but not supported was meant as it stands.
        return word.equalsIgnoreCase(nearest) ? null : nearest;
    }

    private Problem unknown(RawSetting raw) {
        List<String> places = new ArrayList<>();
        for (Scope other : Scope.values()) {
            if (Settings.find(other, raw.key()) != null) {
                places.add(section(other));
            }
        }
        String message =
                places.isEmpty() ? "unknown setting" : "cannot be given here, only in " + String.join(" and ", places);
        return new Problem(
                Severity.ERROR,
                raw.origin(),
                prefix + shortened(raw.key()),
                null,
                message,
                null,
                places.isEmpty() ? nearest(raw.key()) : null);
    }

    private @Nullable String nearest(String key) {
        List<String> names = Settings.in(scope).stream().map(Setting::name).toList();
        return Nearest.find(key.toLowerCase(Locale.ROOT), names);
    }

    private String section(Scope place) {
        return switch (place) {
            case GLOBAL -> format == ConfigFormat.TOML ? "[weir]" : "[pgbouncer]";
            case DATABASE -> "[databases]";
            case USER -> "[users]";
            case PEER -> "[peers]";
        };
    }

    private static String shortened(String key) {
        return key.length() <= 100 ? key : key.substring(0, 100) + "…";
    }
}
