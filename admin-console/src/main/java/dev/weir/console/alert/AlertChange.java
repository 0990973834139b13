package dev.weir.console.alert;

/// An alert was raised or cleared.
///
/// @param alert as it is from now on; its state tells which
public record AlertChange(Alert alert) {

    /// Whether it was raised.
    public boolean raised() {
        return alert.state() == AlertState.ACTIVE;
    }
}
