package dev.weir.console.port;

import org.jspecify.annotations.Nullable;

/// One row of `SHOW CONFIG`.
///
/// @param key the setting's name
/// @param value its value as text; `null` where nothing is set
/// @param defaultValue its default as text; `null` where nothing is set by default
/// @param changeable whether `SET` and a reload can change it
public record SettingSnapshot(
        String key, @Nullable String value, @Nullable String defaultValue, boolean changeable) {}
