package dev.weir.proxy.app;

/// Weir cannot start, and the message says why in words for the operator; the process exits with status 1.
public final class StartupFailed extends Exception {

    private static final long serialVersionUID = 1L;

    /// @param message what is wrong and with what, without a secret in it
    public StartupFailed(String message) {
        super(message);
    }

    /// @param message what is wrong and with what, without a secret in it
    /// @param cause what was caught, for the debug log
    public StartupFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
