package dev.weir.proxy.wire;

/// The peer sent what the protocol does not allow. Carries what is to be said to it before the connection is closed.
///
/// Has no stack trace: it is thrown for hostile input, as often as somebody likes to send it.
public final class ProtocolViolation extends RuntimeException {
    private final transient PgError error;

    /// A violation that is reported as it stands.
    public ProtocolViolation(PgError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /// FATAL `08P01` with this text.
    public ProtocolViolation(String message) {
        this(PgError.fatal(SqlState.PROTOCOL_VIOLATION, message));
    }

    /// What the peer is told.
    public PgError error() {
        return error;
    }
}
