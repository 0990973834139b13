package dev.weir.proxy.auth.token;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PasswordPlace;
import dev.weir.config.Secret;
import dev.weir.config.UserConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.SettingValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one password comes from that may change. Immutable.
///
/// @param place whose it is
/// @param command the command, empty for a file
/// @param file the file's name as configured, empty for a command
/// @param interval how often the command is run
record PasswordSource(PasswordPlace place, String command, String file, Duration interval) {
    /// All of a configuration.
    static List<PasswordSource> of(WeirConfig config) {
        List<PasswordSource> sources = new ArrayList<>();
        config.databases()
                .values()
                .forEach(entry -> add(
                        sources,
                        new PasswordPlace(PasswordPlace.Kind.DATABASE, entry.name()),
                        entry.values(),
                        config.effective(AuthSettings.PASSWORD_REFRESH_INTERVAL, entry, null)));
        if (config.wildcard() != null) {
            add(
                    sources,
                    new PasswordPlace(
                            PasswordPlace.Kind.DATABASE, config.wildcard().name()),
                    config.wildcard().values(),
                    config.effective(AuthSettings.PASSWORD_REFRESH_INTERVAL, config.wildcard(), null));
        }
        config.users()
                .values()
                .forEach(entry -> add(
                        sources,
                        new PasswordPlace(PasswordPlace.Kind.USER, entry.name()),
                        entry.values(),
                        config.effective(AuthSettings.PASSWORD_REFRESH_INTERVAL, null, entry.name())));
        return sources;
    }

    private static void add(
            List<PasswordSource> sources, PasswordPlace place, SettingValues values, Duration interval) {
        String command = values.get(AuthSettings.PASSWORD_COMMAND);
        String file = values.get(AuthSettings.PASSWORD_FILE);
        if (!command.isEmpty() || !file.isEmpty()) {
            sources.add(new PasswordSource(place, command, file, interval));
        }
    }

    /// What the configuration has for it now, or null.
    @Nullable
    Secret configured(WeirConfig config) {
        SettingValues values = switch (place.kind()) {
            case USER -> {
                UserConfig user = config.users().get(place.name());
                yield user == null ? null : user.values();
            }
            case DATABASE -> {
                DatabaseConfig database = place.name().equals(DatabaseConfig.WILDCARD)
                        ? config.wildcard()
                        : config.databases().get(place.name());
                yield database == null ? null : database.values();
            }
        };
        return values == null || !values.has(AuthSettings.PASSWORD) ? null : values.get(AuthSettings.PASSWORD);
    }

    boolean isCommand() {
        return !command.isEmpty();
    }

    /// Whether it leads to the same password, however often it is looked at.
    boolean leadsWhere(PasswordSource other) {
        return command.equals(other.command) && file.equals(other.file);
    }

    @Override
    public String toString() {
        return (isCommand() ? "password_command of " : "password_file of ") + place;
    }
}
