package dev.weir.proxy.auth;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// One client's proof of who it is, from the first request to the verdict. Reads bodies of PasswordMessages and writes
/// Authentication messages, all but AuthenticationOk: that is up to the caller, who may have more to check.
///
/// ```
/// start ──► Continue ──► onPassword ──► Continue …
///   │                        │ ▲
///   │                        ▼ │ resume
///   │                      Derive
///   └──► Success, Failure ◄──┘
/// ```
///
/// Never blocks: where a key must be derived, which takes milliseconds, the outcome is [Outcome.Derive]. Not
/// thread-safe; only [Outcome.Derive#work] runs elsewhere.
public final class ClientAuthentication {
    /// The longest body of a PasswordMessage that makes sense: some cloud's tokens take a few thousand bytes.
    public static final int MAX_PASSWORD_BODY_BYTES = 16_384;

    /// What comes next.
    public sealed interface Outcome {
        /// A request was written; the client's answer goes to [#onPassword].
        record Continue() implements Outcome {}

        /// The client is who it says.
        ///
        /// @param keys after a SCRAM exchange against a stored SCRAM secret: what logs in to servers that store
        ///     the same secret
        /// @param password as received, if it came in plain and is UTF-8
        record Success(@Nullable ScramKeys keys, @Nullable String password) implements Outcome {
            @Override
            public String toString() {
                return "Success";
            }
        }

        /// It is not, or does not follow the protocol. The connection is to be closed.
        ///
        /// @param error for the client; does not tell an unknown user from a wrong password
        /// @param reason for the log, which may know
        record Failure(PgError error, String reason) implements Outcome {}

        /// A key is to be derived before the verdict: run the work on a thread that may block, then call [#resume] on
        /// the one that owns this object. Until then no message may be handed in.
        record Derive(Runnable work) implements Outcome {}
    }

    private final AuthMethod method;
    private final String user;
    private final @Nullable StoredSecret secret;
    private final LoginErrors errors;
    private final AuthSettings settings;
    private final byte @Nullable [] endPoint;
    private @Nullable PasswordExchange exchange;
    private boolean deriving;

    /// A login that has not begun.
    ///
    /// @param user name in the startup packet
    /// @param secret what is known of the user's password; null if there is no such user
    public ClientAuthentication(AuthMethod method, String user, @Nullable StoredSecret secret, AuthSettings settings) {
        this(method, user, secret, settings, null);
    }

    /// A login that has not begun, over a connection that SCRAM can be bound to.
    ///
    /// @param endPoint the connection's `tls-server-end-point`; null without TLS
    public ClientAuthentication(
            AuthMethod method,
            String user,
            @Nullable StoredSecret secret,
            AuthSettings settings,
            byte @Nullable [] endPoint) {
        this.endPoint = endPoint;
        this.method = method;
        this.user = user;
        this.secret = secret;
        this.settings = settings;
        this.errors = new LoginErrors(user, settings.pgBouncerErrors());
    }

    /// Begins: writes the first request, or knows the outcome at once. To be called once.
    public Outcome start(ByteBuf out) {
        return switch (method) {
            case ANY -> new Outcome.Success(null, null);
            case TRUST -> secret == null ? errors.trustFailed() : new Outcome.Success(null, null);
            case PLAIN -> begin(new PlainExchange(user, secret, settings, errors), out);
            case MD5 ->
                secret instanceof StoredSecret.Scram
                        ? begin(new ScramExchange(user, secret, settings, errors, endPoint), out)
                        : begin(new Md5Exchange(user, secret, settings, errors), out);
            case SCRAM_SHA_256 -> begin(new ScramExchange(user, secret, settings, errors, endPoint), out);
        };
    }

    private Outcome begin(PasswordExchange begun, ByteBuf out) {
        exchange = begun;
        begun.start(out);
        return new Outcome.Continue();
    }

    /// Takes the body of a message of type `p`.
    ///
    /// @param body all of its readable bytes, which are borrowed and left unread
    /// @throws IllegalStateException if no message is due
    public Outcome onPassword(ByteBuf body, ByteBuf out) {
        if (deriving) {
            throw new IllegalStateException("a key is being derived");
        }
        PasswordExchange current = exchange();
        if (body.readableBytes() > MAX_PASSWORD_BODY_BYTES) {
            return errors.violation(new ProtocolViolation("password too long"));
        }
        try {
            return conclude(current.onMessage(body, out));
        } catch (ProtocolViolation violation) {
            return conclude(current.malformed(violation));
        }
    }

    /// Goes on after the work of [Outcome.Derive] is done.
    ///
    /// @throws IllegalStateException if none was asked for, or it has failed
    public Outcome resume(ByteBuf out) {
        if (!deriving) {
            throw new IllegalStateException("nothing was to be derived");
        }
        return conclude(exchange().resume(out));
    }

    private PasswordExchange exchange() {
        if (exchange == null) {
            throw new IllegalStateException("no exchange is going on");
        }
        return exchange;
    }

    private Outcome conclude(Outcome outcome) {
        deriving = outcome instanceof Outcome.Derive;
        if (outcome instanceof Outcome.Success || outcome instanceof Outcome.Failure) {
            exchange = null;
        }
        return outcome;
    }
}
