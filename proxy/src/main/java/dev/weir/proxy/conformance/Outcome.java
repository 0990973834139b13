package dev.weir.proxy.conformance;

/// How a check ended.
public sealed interface Outcome {

    /// The claim holds.
    record Passed() implements Outcome {}

    /// The claim does not hold.
    ///
    /// @param reason what was seen instead, in one line
    record Failed(String reason) implements Outcome {}

    /// The check cannot be made here and counts for nothing.
    ///
    /// @param reason why, in one line
    record Skipped(String reason) implements Outcome {}
}
