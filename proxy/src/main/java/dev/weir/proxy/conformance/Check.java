package dev.weir.proxy.conformance;

/// One thing that a session of PostgreSQL does and that should not be lost behind a pooler.
///
/// @param id short and stable, `group.name`
/// @param claim what holds when it passes, as a sentence without full stop
/// @param body does it; returns when the claim holds
public record Check(String id, String claim, Body body) {

    /// The body of a check.
    @FunctionalInterface
    public interface Body {
        /// Makes the check.
        ///
        /// @throws RuntimeException if the claim does not hold
        void run(Stage stage);
    }

    @Override
    public String toString() {
        return id;
    }
}
