package dev.weir.console.port;

/// One row of `SHOW CONFIG`.
///
/// @param key the setting's name
/// @param value its value as text
/// @param defaultValue its default as text
/// @param changeable whether `SET` and a reload can change it
public record SettingSnapshot(String key, String value, String defaultValue, boolean changeable) {}
