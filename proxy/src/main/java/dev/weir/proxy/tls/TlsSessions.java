package dev.weir.proxy.tls;

import dev.weir.config.tls.CipherSuite;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Looks at handshakes that have succeeded. Called on the loop of the channel. */
final class TlsSessions {

    private TlsSessions() {}

    /** @param verified whether the peer's certificate was asked for and checked */
    static TlsSession of(Channel channel, boolean verified, byte @Nullable [] serverEndPoint) {
        SSLEngine engine = channel.pipeline().get(SslHandler.class).engine();
        return new TlsSession(describe(engine), verified ? certificate(engine.getSession()) : null, serverEndPoint);
    }

    static String describe(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return handler == null || !handler.handshakeFuture().isSuccess() ? "" : describe(handler.engine());
    }

    /** The certificate that the peer has shown, if any. */
    static @Nullable X509Certificate certificate(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate shown ? shown : null;
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }

    private static String describe(SSLEngine engine) {
        SSLSession session = engine.getSession();
        String text = session.getProtocol() + "/" + CipherSuite.openSslName(session.getCipherSuite());
        String group = group(engine);
        return group.isEmpty() ? text : text + "/ECDH=" + group;
    }

    /** The curve that keys were exchanged by, in OpenSSL's words; empty where it is not known. */
    private static String group(SSLEngine engine) {
        if (!(engine instanceof ReferenceCountedOpenSslEngine open)) {
            return ""; // the JDK does not tell
        }
        long pointer = open.sslPointer();
        if (pointer == 0) {
            return ""; // closed just now
        }
        try {
            String name = SSL.getGroupName(pointer);
            return switch (name) {
                case null -> "";
                case "P-256" -> "prime256v1";
                case "P-384" -> "secp384r1";
                case "P-521" -> "secp521r1";
                default -> name;
            };
        } catch (Exception _) {
            return ""; // none was used
        }
    }
}
