package dev.weir.config;

import dev.weir.config.setting.SettingValues;

/// One entry of `[peers]`. Immutable.
///
/// @param id the peer's number, from 1 to 65535
/// @param origin where the entry is written
/// @param values what the entry says
public record PeerConfig(int id, Origin origin, SettingValues values) {}
