package dev.weir.config.setting;

/// How much of a setting this version of Weir can do.
public enum Availability {
    /// All its values work.
    FULL,
    /// Some of its values are refused with an error.
    PARTIAL,
    /// Every value but the default is refused with an error.
    MISSING,
    /// Every value is accepted and none changes anything: it steers something that only PgBouncer has inside.
    NO_EFFECT
}
