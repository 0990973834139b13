package dev.weir.config.read;

import dev.weir.config.Origin;
import dev.weir.config.setting.RawValue;

/// One `key = value` of a file, not yet looked at. Immutable.
///
/// @param key as written
/// @param value as written
/// @param origin the line it stands on
public record RawSetting(String key, RawValue value, Origin origin) {}
