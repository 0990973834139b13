package dev.weir.proxy.doctor;

/// How bad a finding is; the later the worse.
public enum Level {
    /// As it should be.
    OK,
    /// Could not be looked at; the finding says why.
    SKIP,
    /// Works, and will hurt some day.
    WARN,
    /// Does not work.
    FAIL
}
