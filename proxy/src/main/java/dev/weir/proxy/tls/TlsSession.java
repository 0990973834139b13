package dev.weir.proxy.tls;

import io.netty.channel.Channel;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What the handshake of one connection has settled. Immutable.
 *
 * @param description version, cipher and key exchange, such as {@code TLSv1.3/TLS_AES_256_GCM_SHA384/ECDH=X25519}
 * @param peer the peer's certificate if it was checked against the configured authorities, else null
 * @param serverEndPoint the binding {@code tls-server-end-point} of the server's certificate (RFC 5929), not to be changed;
 *     null where it is not defined or not wanted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TlsSession(String description, @Nullable X509Certificate peer, byte @Nullable [] serverEndPoint) {

    /** The description of a channel's session; empty for one that is not encrypted. Called on its loop. */
    public static String describe(Channel channel) {
        return TlsSessions.describe(channel);
    }

    /** Its description: {@code tls=…} in log lines. */
    @Override
    public String toString() {
        return description;
    }
}
