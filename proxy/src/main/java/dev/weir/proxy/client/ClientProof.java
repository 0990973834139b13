package dev.weir.proxy.client;

import dev.weir.config.AuthType;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.proxy.auth.AuthMethod;
import dev.weir.proxy.auth.ClientAuthentication;
import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One client's authentication: chosen by {@code auth_type}, fed with password messages cut out of the stream. Confined to the
 * client's event loop.
 */
final class ClientProof {

    private final @Nullable StoredSecret secret;
    private final ClientAuthentication exchange;

    private ClientProof(@Nullable StoredSecret secret, ClientAuthentication exchange) {
        this.secret = secret;
        this.exchange = exchange;
    }

    static ClientProof of(String user, ClientServices services) {
        WeirConfig config = services.config();
        Secret stored = config.findSecret(user);
        StoredSecret secret = stored == null ? null : StoredSecret.parse(user, stored.reveal());
        dev.weir.proxy.auth.AuthSettings common = new dev.weir.proxy.auth.AuthSettings(
                services.keys(),
                config.get(AuthSettings.SCRAM_ITERATIONS),
                services.errors().isPgBouncer(),
                services.random());
        AuthMethod method = method(config.get(AuthSettings.AUTH_TYPE));
        return new ClientProof(secret, new ClientAuthentication(method, user, secret, common));
    }

    private static AuthMethod method(AuthType type) {
        return switch (type) {
            case TRUST -> AuthMethod.TRUST;
            case ANY -> AuthMethod.ANY;
            case PLAIN -> AuthMethod.PLAIN;
            case MD5 -> AuthMethod.MD5;
            case SCRAM_SHA_256 -> AuthMethod.SCRAM_SHA_256;
            case CERT, HBA, PAM, LDAP ->
                throw new IllegalStateException("auth_type " + type.text() + " got past the configuration's checks");
        };
    }

    /** What was stored of the user's password, if the user is known. */
    @Nullable
    StoredSecret secret() {
        return secret;
    }

    Outcome start(ByteBuf out) {
        return exchange.start(out);
    }

    /** Goes on after a derivation. */
    Outcome resume(ByteBuf out) {
        return exchange.resume(out);
    }

    /**
     * Takes one password message off {@code in}.
     *
     * @return null if it has not arrived wholly
     * @throws ProtocolViolation if something else has arrived
     */
    @Nullable
    Outcome read(ByteBuf in, ByteBuf out) {
        if (in.readableBytes() < 5) {
            return null;
        }
        byte type = in.getByte(in.readerIndex());
        int length = in.getInt(in.readerIndex() + 1);
        if (type != FrontendType.PASSWORD) {
            throw new ProtocolViolation("expected a password message, got message type " + FrontendType.name(type));
        }
        if (length < 4 || length - 4 > ClientAuthentication.MAX_PASSWORD_BODY_BYTES) {
            throw new ProtocolViolation("invalid length of password message");
        }
        if (in.readableBytes() < length + 1) {
            return null;
        }
        in.skipBytes(5);
        return exchange.onPassword(in.readSlice(length - 4), out);
    }
}
