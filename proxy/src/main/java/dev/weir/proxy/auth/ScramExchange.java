package dev.weir.proxy.auth;

import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// SCRAM-SHA-256 inside SASL messages. Works with a SCRAM secret, with a plaintext password (keys are derived, once per
/// process), and for show with users who cannot log in: unknown ones, and those with an md5 secret.
final class ScramExchange implements PasswordExchange {
    private enum Step {
        MECHANISM,
        CLIENT_FIRST,
        CLIENT_FINAL,
        VERDICT
    }

    private static final int NONCE_BYTES = 18;
    private static final int NO_INITIAL_RESPONSE = -1;

    private final String user;
    private final @Nullable StoredSecret secret;
    private final AuthSettings settings;
    private final LoginErrors errors;
    private final ScramServer scram;
    private final boolean bindable;
    private boolean plus;
    private Step step = Step.MECHANISM;
    // Written by the thread that derives; handed over with the call of resume.
    private StoredSecret.@Nullable Scram verifier;

    /// @param endPoint what the exchange can be bound to, null for nothing
    ScramExchange(
            String user,
            @Nullable StoredSecret secret,
            AuthSettings settings,
            LoginErrors errors,
            byte @Nullable [] endPoint) {
        this.bindable = endPoint != null;
        this.user = user;
        this.secret = secret;
        this.settings = settings;
        this.errors = errors;
        byte[] nonce = new byte[NONCE_BYTES];
        settings.random().nextBytes(nonce);
        String serverNonce = StrictBase64.encode(nonce);
        // Computed for everybody, lest the time it takes tells who has no salt of his own.
        byte[] salt = settings.keys().salt(user);
        this.scram = secret instanceof StoredSecret.Scram stored
                ? new ScramServer(stored.iterations(), stored.salt(), serverNonce, endPoint)
                : new ScramServer(settings.scramIterations(), salt, serverNonce, endPoint);
    }

    @Override
    public void start(ByteBuf out) {
        Messages.authenticationSasl(
                out,
                bindable ? List.of(ScramServer.MECHANISM_PLUS, ScramServer.MECHANISM) : List.of(ScramServer.MECHANISM));
    }

    @Override
    public Outcome onMessage(ByteBuf body, ByteBuf out) {
        return switch (step) {
            case MECHANISM -> onMechanism(new FieldReader(body), out);
            case CLIENT_FIRST -> onClientFirst(new FieldReader(body).rest(), out);
            case CLIENT_FINAL -> onClientFinal(new FieldReader(body).rest(), out);
            case VERDICT -> throw new IllegalStateException("the exchange is over");
        };
    }

    // SASLInitialResponse: | str mechanism | int32 length or -1 | client-first |
    private Outcome onMechanism(FieldReader body, ByteBuf out) {
        String mechanism = body.cStringLossy();
        plus = bindable && mechanism.equals(ScramServer.MECHANISM_PLUS);
        if (!plus && !mechanism.equals(ScramServer.MECHANISM)) {
            return errors.violation(new ProtocolViolation("client selected an invalid SASL authentication mechanism"));
        }
        int length = body.int32();
        if (length == NO_INITIAL_RESPONSE) {
            body.end();
            step = Step.CLIENT_FIRST;
            Messages.authenticationSaslContinue(out, new byte[0]);
            return new Outcome.Continue();
        }
        byte[] clientFirst = body.bytes(length);
        body.end();
        return onClientFirst(clientFirst, out);
    }

    private Outcome onClientFirst(byte[] message, ByteBuf out) {
        step = Step.CLIENT_FINAL;
        Messages.authenticationSaslContinue(out, scram.onClientFirst(message, plus));
        return new Outcome.Continue();
    }

    private Outcome onClientFinal(byte[] message, ByteBuf out) {
        step = Step.VERDICT;
        scram.onClientFinal(message);
        verifier = find();
        boolean free = verifier != null && !settings.keys().isPreparing();
        return free ? resume(out) : new Outcome.Derive(() -> verifier = derive());
    }

    /// What to check the proof against, null if it has to be derived.
    private StoredSecret.@Nullable Scram find() {
        ScramKeyCache cache = settings.keys();
        return switch (secret) {
            case StoredSecret.Scram stored -> stored;
            case StoredSecret.Plaintext plaintext -> {
                ScramKeys keys = cache.find(bytes(plaintext), cache.salt(user), settings.scramIterations());
                yield keys == null ? null : keys.secret();
            }
            case StoredSecret.Md5 _ ->
                cache.unknownUsers().keys(user, settings.scramIterations()).secret();
            case StoredSecret.Impossible _ ->
                cache.unknownUsers().keys(user, settings.scramIterations()).secret();
            case null ->
                cache.unknownUsers().keys(user, settings.scramIterations()).secret();
        };
    }

    /// Derives what is missing, or, lest the time tells that nothing is, something else.
    private StoredSecret.Scram derive() {
        ScramKeyCache cache = settings.keys();
        StoredSecret.Scram found = verifier;
        if (found == null && secret instanceof StoredSecret.Plaintext plaintext) {
            return cache.derive(bytes(plaintext), cache.salt(user), settings.scramIterations())
                    .secret();
        }
        cache.unknownUsers().spend(user, settings.scramIterations());
        return Objects.requireNonNull(found);
    }

    private static byte[] bytes(StoredSecret.Plaintext plaintext) {
        return plaintext.password().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Outcome resume(ByteBuf out) {
        StoredSecret.Scram found = verifier;
        if (found == null) {
            throw new IllegalStateException("the derivation has failed");
        }
        return verdict(found, out);
    }

    private Outcome verdict(StoredSecret.Scram known, ByteBuf out) {
        byte[] clientKey = scram.verify(known.storedKey());
        return switch (secret) {
            case null -> errors.wrongProof(null);
            case StoredSecret.Impossible _ -> errors.wrongProof(secret);
            case StoredSecret.Md5 _ -> errors.scramImpossible();
            case StoredSecret.Plaintext _ -> clientKey == null ? errors.wrongProof(secret) : success(known, null, out);
            case StoredSecret.Scram stored ->
                clientKey == null
                        ? errors.wrongProof(secret)
                        : success(
                                stored,
                                new ScramKeys(stored.iterations(), stored.salt(), clientKey, stored.serverKey()),
                                out);
        };
    }

    private Outcome success(StoredSecret.Scram known, @Nullable ScramKeys keys, ByteBuf out) {
        Messages.authenticationSaslFinal(out, scram.serverFinal(known.serverKey()));
        return new Outcome.Success(keys, null);
    }

    @Override
    public Outcome malformed(ProtocolViolation violation) {
        return errors.saslViolation(violation);
    }
}
