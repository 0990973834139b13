package dev.weir.config;

/// The language a configuration file is written in.
public enum ConfigFormat {
    /// Weir's own: TOML 1.0 with a `[weir]` table.
    TOML,
    /// PgBouncer's: ini with a `[pgbouncer]` section.
    INI
}
