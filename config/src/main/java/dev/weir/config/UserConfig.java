package dev.weir.config;

import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.SettingValues;
import org.jspecify.annotations.Nullable;

/// One entry of `[users]`. Immutable.
///
/// @param name the user's name
/// @param origin where the entry is written
/// @param values what the entry says
public record UserConfig(String name, Origin origin, SettingValues values) {
    /// The user's secret if the entry gives one; it goes before the auth file's.
    public @Nullable Secret password() {
        return values.find(AuthSettings.PASSWORD);
    }

    /// The same entry with another password, or this one if there is none.
    UserConfig withPassword(@Nullable Secret password) {
        return password == null ? this : new UserConfig(name, origin, values.with(AuthSettings.PASSWORD, password));
    }
}
