package dev.weir.proxy.doctor;

import dev.weir.proxy.wire.PgError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A server could not be reached, refused, or did not answer. Carries no stack trace: it is a finding, not a defect.
final class ProbeFailed extends Exception {

    private static final long serialVersionUID = 1L;

    /// How far it had come.
    enum Stage {
        CONNECT,
        TLS,
        LOGIN,
        QUERY
    }

    private final Stage stage;
    private final boolean silence;
    private final transient @Nullable PgError error;

    ProbeFailed(Stage stage, String reason) {
        this(stage, reason, null, false);
    }

    /// @param error what the server said, null if it said nothing
    ProbeFailed(Stage stage, String reason, @Nullable PgError error) {
        this(stage, reason, error, false);
    }

    private ProbeFailed(Stage stage, String reason, @Nullable PgError error, boolean silence) {
        super(reason, null, false, false);
        this.stage = stage;
        this.error = error;
        this.silence = silence;
    }

    /// Nothing was heard in time.
    static ProbeFailed silence(Stage stage, Duration patience) {
        return new ProbeFailed(stage, "no answer within " + patience.toMillis() + " ms", null, true);
    }

    Stage stage() {
        return stage;
    }

    /// Whether it was not heard of in time.
    boolean isSilence() {
        return silence;
    }

    /// The SQLSTATE that the server gave, empty if it gave none.
    String sqlState() {
        return error == null ? "" : error.sqlState();
    }

    /// In words.
    String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
