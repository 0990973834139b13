package dev.weir.proxy.auth;

import dev.weir.config.ChannelBinding;
import dev.weir.proxy.wire.AuthenticationCode;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One login of ours at a server: is fed the bodies of Authentication messages and writes the answers.
///
/// A plaintext secret answers every request, an md5 secret only AuthenticationMD5Password, the keys of a client only
/// SCRAM. A server that begins SCRAM must end it: one that skips its own proof is not the one that knows our secret.
///
/// Never blocks: where a key must be derived the outcome is [Outcome.Derive]. Not thread-safe; only
/// [Outcome.Derive#work] runs elsewhere.
public final class ServerAuthentication {
    /// What comes next.
    public sealed interface Outcome {
        /// The next Authentication message is awaited; an answer to this one was written if it wants one.
        record Continue() implements Outcome {}

        /// AuthenticationOk: logged in.
        record Ok() implements Outcome {}

        /// We cannot or will not log in. The connection is to be closed.
        ///
        /// @param reason for the log
        record Failure(String reason) implements Outcome {}

        /// A key is to be derived first: run the work on a thread that may block, then call [#resume] on the one that
        /// owns this object. Until then no message may be handed in.
        record Derive(Runnable work) implements Outcome {}
    }

    private enum Sasl {
        NONE,
        CLIENT_FIRST_SENT,
        DERIVING,
        CLIENT_FINAL_SENT,
        VERIFIED
    }

    private static final int NONCE_BYTES = 18;
    private static final Outcome WRONG_PASSWORD_TYPE = new Outcome.Failure("server login failed: wrong password type");

    private static final Outcome NOT_BOUND =
            new Outcome.Failure("server login failed: the server does not bind the login to the TLS connection");

    private final String user;
    private final @Nullable StoredSecret secret;
    private final @Nullable ScramKeys clientKeys;
    private final ScramKeyCache cache;
    private final ScramClient scram;
    private Sasl sasl = Sasl.NONE;
    private boolean encrypted;
    private byte @Nullable [] endPoint;
    private ChannelBinding binding = ChannelBinding.PREFER;
    // Written by the thread that derives; handed over with the call of resume.
    private @Nullable ScramKeys keys;

    /// A login that has not begun.
    ///
    /// @param user name in the startup packet
    /// @param secret null if none is known
    /// @param clientKeys of a client's SCRAM login, used where the secret is no plaintext password
    public ServerAuthentication(
            String user,
            @Nullable StoredSecret secret,
            @Nullable ScramKeys clientKeys,
            ScramKeyCache cache,
            SecureRandom random) {
        this.user = user;
        this.secret = secret;
        this.clientKeys = clientKeys;
        this.cache = cache;
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        this.scram = new ScramClient(StrictBase64.encode(nonce));
    }

    /// The connection is encrypted. To be called before anything else.
    ///
    /// @param serverEndPoint its `tls-server-end-point`, null where there is none
    /// @param wanted whether the login is to be bound to it
    public void onEncrypted(byte @Nullable [] serverEndPoint, ChannelBinding wanted) {
        encrypted = true;
        endPoint = serverEndPoint;
        binding = wanted;
    }

    /// Takes the body of an Authentication message.
    ///
    /// @param body all of its readable bytes, which are borrowed and left unread
    /// @throws IllegalStateException if a key is being derived
    public Outcome onAuthentication(ByteBuf body, ByteBuf out) {
        if (sasl == Sasl.DERIVING) {
            throw new IllegalStateException("a key is being derived");
        }
        try {
            FieldReader reader = new FieldReader(body);
            int code = reader.int32();
            return switch (code) {
                case AuthenticationCode.OK -> onOk();
                case AuthenticationCode.CLEARTEXT_PASSWORD -> onCleartextPassword(out);
                case AuthenticationCode.MD5_PASSWORD -> onMd5Password(reader.bytes(Md5Password.SALT_BYTES), out);
                case AuthenticationCode.SASL -> onSasl(reader, out);
                case AuthenticationCode.SASL_CONTINUE -> onSaslContinue(reader.rest(), out);
                case AuthenticationCode.SASL_FINAL -> onSaslFinal(reader.rest());
                default -> WRONG_PASSWORD_TYPE;
            };
        } catch (ProtocolViolation violation) {
            String detail = violation.error().detail();
            return new Outcome.Failure(
                    "server login failed: " + violation.error().message() + (detail == null ? "" : ": " + detail));
        }
    }

    private Outcome onOk() {
        if (sasl == Sasl.NONE && binding == ChannelBinding.REQUIRE) {
            return NOT_BOUND;
        }
        return sasl == Sasl.NONE || sasl == Sasl.VERIFIED
                ? new Outcome.Ok()
                : new Outcome.Failure("server login failed: the server ended SCRAM without proving that it knows us");
    }

    private Outcome onCleartextPassword(ByteBuf out) {
        if (binding == ChannelBinding.REQUIRE) {
            return NOT_BOUND;
        }
        if (sasl != Sasl.NONE || !(secret instanceof StoredSecret.Plaintext plaintext)) {
            return WRONG_PASSWORD_TYPE;
        }
        Messages.passwordMessage(out, plaintext.password());
        return new Outcome.Continue();
    }

    private Outcome onMd5Password(byte[] salt, ByteBuf out) {
        String hash = switch (secret) {
            case StoredSecret.Plaintext plaintext -> Md5Password.hash(bytes(plaintext), user);
            case StoredSecret.Md5 md5 -> md5.hash();
            case null -> null;
            case StoredSecret.Scram _, StoredSecret.Impossible _ -> null;
        };
        if (binding == ChannelBinding.REQUIRE) {
            return NOT_BOUND;
        }
        if (sasl != Sasl.NONE || hash == null) {
            return WRONG_PASSWORD_TYPE;
        }
        Messages.passwordMessage(out, Md5Password.response(hash, salt));
        return new Outcome.Continue();
    }

    // | str mechanism | … | 0 |
    private Outcome onSasl(FieldReader mechanisms, ByteBuf out) {
        boolean offered = false;
        boolean plusOffered = false;
        for (String name = mechanisms.cStringLossy(); !name.isEmpty(); name = mechanisms.cStringLossy()) {
            offered |= name.equals(ScramServer.MECHANISM);
            plusOffered |= name.equals(ScramServer.MECHANISM_PLUS);
        }
        boolean usable = secret instanceof StoredSecret.Plaintext || clientKeys != null;
        if (sasl != Sasl.NONE || !(offered || plusOffered) || !usable) {
            return WRONG_PASSWORD_TYPE;
        }
        if (plusOffered && !encrypted) {
            // Its own end of the connection is encrypted: somebody stands between.
            return new Outcome.Failure(
                    "server login failed: the server offers SCRAM-SHA-256-PLUS over a connection without TLS");
        }
        boolean bound = plusOffered && endPoint != null;
        if (!bound && (binding == ChannelBinding.REQUIRE || !offered)) {
            return NOT_BOUND;
        }
        if (bound) {
            scram.bind(Objects.requireNonNull(endPoint));
        } else if (endPoint != null) {
            scram.couldBind();
        }
        sasl = Sasl.CLIENT_FIRST_SENT;
        String mechanism = bound ? ScramServer.MECHANISM_PLUS : ScramServer.MECHANISM;
        Messages.saslInitialResponse(out, mechanism, scram.clientFirst());
        return new Outcome.Continue();
    }

    private Outcome onSaslContinue(byte[] serverFirst, ByteBuf out) {
        if (sasl != Sasl.CLIENT_FIRST_SENT) {
            return unexpected("AuthenticationSASLContinue");
        }
        scram.onServerFirst(serverFirst);
        sasl = Sasl.DERIVING;
        if (secret instanceof StoredSecret.Plaintext plaintext) {
            byte[] password = bytes(plaintext);
            keys = cache.find(password, scram.salt(), scram.iterations());
            return keys != null
                    ? resume(out)
                    : new Outcome.Derive(() -> keys = cache.derive(password, scram.salt(), scram.iterations()));
        }
        if (clientKeys == null) {
            return WRONG_PASSWORD_TYPE;
        }
        // If they are for another salt PostgreSQL will refuse them, and can say so better than anybody else.
        keys = clientKeys;
        return resume(out);
    }

    /// As [#onAuthentication], for a thread that may block: derives keys itself, so that [Outcome.Derive] never comes.
    public Outcome onAuthenticationBlocking(ByteBuf body, ByteBuf out) {
        Outcome outcome = onAuthentication(body, out);
        if (outcome instanceof Outcome.Derive derive) {
            derive.work().run();
            return resume(out);
        }
        return outcome;
    }

    /// Goes on after the work of [Outcome.Derive] is done.
    ///
    /// @throws IllegalStateException if none was asked for, or it has failed
    public Outcome resume(ByteBuf out) {
        if (sasl != Sasl.DERIVING || keys == null) {
            throw new IllegalStateException("no key was derived");
        }
        sasl = Sasl.CLIENT_FINAL_SENT;
        Messages.saslResponse(out, scram.clientFinal(keys));
        return new Outcome.Continue();
    }

    private Outcome onSaslFinal(byte[] serverFinal) {
        if (sasl != Sasl.CLIENT_FINAL_SENT) {
            return unexpected("AuthenticationSASLFinal");
        }
        if (!scram.onServerFinal(serverFinal)) {
            return new Outcome.Failure("server login failed: the server does not know the SCRAM secret of this user");
        }
        sasl = Sasl.VERIFIED;
        return new Outcome.Continue();
    }

    private static Outcome unexpected(String message) {
        return new Outcome.Failure("server login failed: unexpected " + message);
    }

    private static byte[] bytes(StoredSecret.Plaintext plaintext) {
        return plaintext.password().getBytes(StandardCharsets.UTF_8);
    }
}
