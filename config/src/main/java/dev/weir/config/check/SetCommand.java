package dev.weir.config.check;

import dev.weir.config.Compatibility;
import dev.weir.config.Origin;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.access.AccessRules;
import dev.weir.config.read.FileLookup;
import dev.weir.config.read.Nearest;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.InvalidValue;
import dev.weir.config.setting.RawValue;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.Settings;
import dev.weir.config.setting.TlsSettings;
import dev.weir.config.tls.TlsConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The console's `SET key = value` on a configuration. Stateless.
public final class SetCommand {
    /// What decides which rules and maps are in force.
    private static final Set<Setting<?>> ACCESS =
            Set.of(AuthSettings.AUTH_TYPE, AuthSettings.AUTH_HBA_FILE, AuthSettings.AUTH_IDENT_FILE);

    /// What came of it.
    public sealed interface Outcome {
        /// The configuration with the new value.
        record Changed(WeirConfig config) implements Outcome {}

        /// The configuration with the new value of a TLS setting, and TLS as it was: the settings do not fit each other
        /// yet. Only with PgBouncer's compatibility, where they are changed one after the other.
        ///
        /// @param reason in words
        record TlsKept(WeirConfig config, String reason) implements Outcome {}

        /// The setting cannot be changed while Weir runs.
        record NeedsRestart(Setting<?> setting) implements Outcome {}

        /// There is no such setting, or the value is not allowed: nothing was changed.
        ///
        /// @param reason in words
        /// @param suggestion a setting that may have been meant, or null
        record Refused(String reason, @Nullable String suggestion) implements Outcome {}
    }

    private SetCommand() {}

    /// Gives one global setting a value.
    ///
    /// @param key the setting's name, in lower case as PgBouncer wants it
    /// @param value as in an ini file or as the text of a TOML file: `SET query_timeout = 5` or `= '5s'`
    public static Outcome apply(WeirConfig config, String key, String value) {
        Setting<?> setting = Settings.find(Scope.GLOBAL, key);
        if (setting == null) {
            List<String> names =
                    Settings.in(Scope.GLOBAL).stream().map(Setting::name).toList();
            return new Outcome.Refused("unknown setting", Nearest.find(key, names));
        }
        return apply(config, setting, value);
    }

    private static <T> Outcome apply(WeirConfig config, Setting<T> setting, String value) {
        try {
            T parsed = parse(setting, value);
            if (!setting.supports(parsed)) {
                return new Outcome.Refused("this version of Weir cannot do that", null);
            }
            if (!setting.reloadable()) {
                return new Outcome.NeedsRestart(setting);
            }
            WeirConfig changed = config.withGlobal(setting, parsed);
            if (TlsSettings.contains(setting)) {
                return withTlsRead(changed);
            }
            if (setting == AuthSettings.AUTH_FILE) {
                return withUsersRead(changed);
            }
            if (ACCESS.contains(setting)) {
                return withAccessRead(changed);
            }
            return new Outcome.Changed(changed);
        } catch (InvalidValue e) {
            return new Outcome.Refused(
                    e.reason() + "; expected " + setting.type().allowed(), null);
        }
    }

    private static Outcome withTlsRead(WeirConfig config) {
        Problems problems = new Problems();
        TlsConfig tls = TlsFiles.read(config.global(), files(config), setting -> here(config), problems);
        Outcome outcome = changed(config.withTls(tls), problems);
        return outcome instanceof Outcome.Refused refused
                        && config.get(GeneralSettings.COMPATIBILITY) == Compatibility.PGBOUNCER
                ? new Outcome.TlsKept(config, refused.reason())
                : outcome;
    }

    /// What the files of rules and maps say may have changed since they were read: what is set counts at once.
    private static Outcome withAccessRead(WeirConfig config) {
        Problems problems = new Problems();
        AccessRules access = new AccessFiles(config.file(), files(config), problems).read(values(config));
        WeirConfig changed = config.withAccess(access);
        String obstacle = AuthChecks.obstacle(changed);
        return obstacle == null ? changed(changed, problems) : new Outcome.Refused(obstacle, null);
    }

    private static Outcome withUsersRead(WeirConfig config) {
        Problems problems = new Problems();
        UserList users = ConfigLoader.userList(values(config), files(config), here(config), Severity.ERROR, problems);
        return changed(users == null ? config : config.withUserList(users), problems);
    }

    private static Outcome changed(WeirConfig config, Problems problems) {
        return problems.sorted().stream()
                .filter(Problem::isError)
                .findFirst()
                .<Outcome>map(problem -> new Outcome.Refused(problem.description(), null))
                .orElseGet(() -> new Outcome.Changed(config));
    }

    private static CheckedValues values(WeirConfig config) {
        return new CheckedValues(config.global(), Map.of());
    }

    private static FileLookup files(WeirConfig config) {
        return new FileLookup(config.file(), config.format());
    }

    private static Origin here(WeirConfig config) {
        return Origin.wholeFile(config.file().toString());
    }

    private static <T> T parse(Setting<T> setting, String value) throws InvalidValue {
        try {
            return setting.type().parse(new RawValue.IniText(value));
        } catch (InvalidValue _) {
            return setting.type().parse(new RawValue.TomlText(value));
        }
    }
}
