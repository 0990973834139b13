package dev.weir.config.check;

/// Whether a configuration can be used in spite of a problem.
public enum Severity {
    /// It cannot.
    ERROR,
    /// It can, but probably does not do what was meant.
    WARNING
}
