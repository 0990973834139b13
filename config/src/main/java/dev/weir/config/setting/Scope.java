package dev.weir.config.setting;

/// Where a setting may be given.
public enum Scope {
    /// `[weir]` or `[pgbouncer]`: for the whole pooler.
    GLOBAL,
    /// An entry of `[databases]`.
    DATABASE,
    /// An entry of `[users]`.
    USER,
    /// An entry of `[peers]`.
    PEER
}
