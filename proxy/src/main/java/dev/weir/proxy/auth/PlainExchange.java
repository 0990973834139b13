package dev.weir.proxy.auth;

import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// Asks for the password in clear text and compares it with any form of secret.
final class PlainExchange implements PasswordExchange {
    private final String user;
    private final @Nullable StoredSecret secret;
    private final AuthSettings settings;
    private final LoginErrors errors;
    private byte[] received = new byte[0];
    // Written by the thread that derives; handed over with the call of resume.
    private @Nullable ScramKeys derived;

    PlainExchange(String user, @Nullable StoredSecret secret, AuthSettings settings, LoginErrors errors) {
        this.user = user;
        this.secret = secret;
        this.settings = settings;
        this.errors = errors;
    }

    @Override
    public void start(ByteBuf out) {
        Messages.authenticationCleartextPassword(out);
    }

    @Override
    public Outcome onMessage(ByteBuf body, ByteBuf out) {
        received = PasswordMessage.read(body);
        if (received.length == 0) {
            return errors.emptyPassword();
        }
        return switch (secret) {
            case null -> onUnknown();
            case StoredSecret.Impossible _ -> onUnknown();
            case StoredSecret.Plaintext plaintext ->
                compared(MessageDigest.isEqual(plaintext.password().getBytes(StandardCharsets.UTF_8), received));
            case StoredSecret.Md5 md5 -> compared(isEqual(md5.hash(), Md5Password.hash(received, md5.user())));
            case StoredSecret.Scram scram -> onScram(scram);
        };
    }

    private Outcome onUnknown() {
        return compared(false);
    }

    /// A wrong password costs the same whatever it was compared with.
    private Outcome compared(boolean right) {
        UnknownUsers unknownUsers = settings.keys().unknownUsers();
        return right || !unknownUsers.derivesForPlain()
                ? verdict(right)
                : new Outcome.Derive(() -> unknownUsers.spend(user, settings.scramIterations()));
    }

    private Outcome onScram(StoredSecret.Scram scram) {
        ScramKeyCache cache = settings.keys();
        derived = cache.find(received, scram.salt(), scram.iterations());
        if (derived != null) {
            return resumeWith(scram);
        }
        if (scram.iterations() > ScramKeys.MAX_ITERATIONS) {
            return verdict(false);
        }
        // Kept only when it turns out to be right: wrong guesses must not push good keys out of the cache.
        return new Outcome.Derive(() -> derived = ScramKeys.derive(received, scram.salt(), scram.iterations()));
    }

    @Override
    public Outcome resume(ByteBuf out) {
        return secret instanceof StoredSecret.Scram scram ? resumeWith(scram) : verdict(false);
    }

    private Outcome resumeWith(StoredSecret.Scram scram) {
        if (derived == null) {
            throw new IllegalStateException("the derivation has failed");
        }
        boolean right = MessageDigest.isEqual(derived.storedKey(), scram.storedKey());
        if (right) {
            settings.keys().keep(received, derived);
        }
        return verdict(right);
    }

    private Outcome verdict(boolean right) {
        return right ? new Outcome.Success(null, SaslPrep.decode(received)) : errors.wrongPassword(secret);
    }

    private static boolean isEqual(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Outcome malformed(ProtocolViolation violation) {
        return errors.violation(violation);
    }
}
