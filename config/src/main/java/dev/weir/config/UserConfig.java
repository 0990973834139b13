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
}
