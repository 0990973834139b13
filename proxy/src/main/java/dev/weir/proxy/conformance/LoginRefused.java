package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.PgError;

/// A login was answered by an error.
final class LoginRefused extends CheckFailed {

    private static final long serialVersionUID = 1L;

    private final transient PgError error;

    LoginRefused(PgError error) {
        super("the login is refused: " + Answer.shown(error));
        this.error = error;
    }

    /// What the server said.
    PgError error() {
        return error;
    }
}
