package dev.weir.config.setting;

import org.jspecify.annotations.Nullable;

/// One row of `SHOW CONFIG`.
///
/// @param key the setting's name
/// @param value in PgBouncer's words; null where nothing is set
/// @param defaultValue in PgBouncer's words; null where nothing is set by default
/// @param changeable whether a reload or `SET` can change it
public record SettingRow(
        String key, @Nullable String value, @Nullable String defaultValue, boolean changeable) {
    static <T> SettingRow of(Setting<T> setting, T value) {
        return new SettingRow(setting.name(), setting.show(value), setting.showDefault(), setting.reloadable());
    }
}
