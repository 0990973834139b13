package dev.weir.proxy.auth;

import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import org.jspecify.annotations.Nullable;

/// How a failed login is told to the client: in PostgreSQL's words or in PgBouncer's. None of it depends on whether the
/// user exists (but for `trust`, which has nothing to hide behind). Immutable.
record LoginErrors(String user, boolean pgBouncer) {
    /// The password sent in plain or hashed is wrong.
    Outcome wrongPassword(@Nullable StoredSecret secret) {
        return wrong("password authentication failed", secret);
    }

    /// The proof of a SCRAM exchange is wrong.
    Outcome wrongProof(@Nullable StoredSecret secret) {
        return wrong("SASL authentication failed", secret);
    }

    private Outcome wrong(String pgBouncerText, @Nullable StoredSecret secret) {
        PgError error = pgBouncer
                ? PgError.fatal(SqlState.PROTOCOL_VIOLATION, pgBouncerText)
                : PgError.fatal(SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\"");
        return new Outcome.Failure(error, reason(secret));
    }

    private static String reason(@Nullable StoredSecret secret) {
        return switch (secret) {
            case null -> "no such user";
            case StoredSecret.Impossible _ -> "user has no password";
            case StoredSecret.Plaintext _, StoredSecret.Md5 _, StoredSecret.Scram _ -> "wrong password";
        };
    }

    /// The user has an md5 secret, which SCRAM cannot use.
    Outcome scramImpossible() {
        Outcome.Failure failure = (Outcome.Failure) wrongProof(null);
        return new Outcome.Failure(failure.error(), "user has an md5 secret, which cannot be used for SCRAM");
    }

    /// An empty password: some LDAP servers would take it for a wish to be anonymous, so nobody may use one.
    Outcome emptyPassword() {
        return new Outcome.Failure(
                PgError.fatal(
                        pgBouncer ? SqlState.PROTOCOL_VIOLATION : SqlState.INVALID_PASSWORD,
                        "empty password returned by client"),
                "empty password");
    }

    /// `trust` asks for no password, but for a user.
    Outcome trustFailed() {
        PgError error = pgBouncer
                ? PgError.fatal(SqlState.PROTOCOL_VIOLATION, "\"trust\" authentication failed")
                : PgError.fatal(SqlState.INVALID_AUTHORIZATION, "role \"" + user + "\" does not exist");
        return new Outcome.Failure(error, reason(null));
    }

    /// A malformed message of the SASL exchange.
    Outcome saslViolation(ProtocolViolation violation) {
        return pgBouncer
                ? new Outcome.Failure(
                        PgError.fatal(SqlState.PROTOCOL_VIOLATION, "SASL authentication failed"), text(violation))
                : violation(violation);
    }

    /// A malformed message.
    Outcome violation(ProtocolViolation violation) {
        return new Outcome.Failure(violation.error(), text(violation));
    }

    private static String text(ProtocolViolation violation) {
        PgError error = violation.error();
        return error.detail() == null ? error.message() : error.message() + ": " + error.detail();
    }
}
