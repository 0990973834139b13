package dev.weir.console.port;

import org.jspecify.annotations.Nullable;

/// An action could not be done, for a reason that the operator is to read. Carries no stack trace: the fault is not
/// in the program.
public final class CommandRefused extends RuntimeException {

    private final String sqlState;
    private final @Nullable String detail;
    private final @Nullable String hint;

    /// A refusal with SQLSTATE 08P01, the one that nearly every console error has.
    public CommandRefused(String message) {
        this("08P01", message, null, null);
    }

    /// A refusal in full.
    public CommandRefused(String sqlState, String message, @Nullable String detail, @Nullable String hint) {
        super(message, null, false, false);
        this.sqlState = sqlState;
        this.detail = detail;
        this.hint = hint;
    }

    /// The five-character SQLSTATE.
    public String sqlState() {
        return sqlState;
    }

    /// What exactly was wrong, if there is more to say than the message.
    public @Nullable String detail() {
        return detail;
    }

    /// What to do about it.
    public @Nullable String hint() {
        return hint;
    }
}
