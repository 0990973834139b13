package dev.weir.proxy.auth;

import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// Asks for an MD5 hash with a random salt. A plaintext secret is hashed on the fly.
final class Md5Exchange implements PasswordExchange {
    private final String user;
    private final @Nullable StoredSecret secret;
    private final LoginErrors errors;
    private final byte[] salt = new byte[Md5Password.SALT_BYTES];

    Md5Exchange(String user, @Nullable StoredSecret secret, AuthSettings settings, LoginErrors errors) {
        this.user = user;
        this.secret = secret;
        this.errors = errors;
        settings.random().nextBytes(salt);
    }

    @Override
    public void start(ByteBuf out) {
        Messages.authenticationMd5Password(out, salt);
    }

    @Override
    public Outcome onMessage(ByteBuf body, ByteBuf out) {
        byte[] received = PasswordMessage.read(body);
        if (received.length == 0) {
            return errors.emptyPassword();
        }
        String hash = switch (secret) {
            case StoredSecret.Plaintext plaintext -> hash(plaintext.password());
            case StoredSecret.Md5 md5 -> md5.hash();
            // Hashed for nothing, to take as long as with a user who is there.
            case null -> hash("");
            case StoredSecret.Impossible _, StoredSecret.Scram _ -> hash("");
        };
        byte[] expected = Md5Password.response(hash, salt).getBytes(StandardCharsets.US_ASCII);
        boolean equal = MessageDigest.isEqual(expected, received);
        boolean usable = secret instanceof StoredSecret.Plaintext || secret instanceof StoredSecret.Md5;
        return equal && usable ? new Outcome.Success(null, null) : errors.wrongPassword(secret);
    }

    private String hash(String password) {
        return Md5Password.hash(password.getBytes(StandardCharsets.UTF_8), user);
    }

    @Override
    public Outcome malformed(ProtocolViolation violation) {
        return errors.violation(violation);
    }

    @Override
    public Outcome resume(ByteBuf out) {
        throw new IllegalStateException("md5 derives nothing");
    }
}
