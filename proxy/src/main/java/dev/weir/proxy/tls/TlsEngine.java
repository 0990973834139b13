package dev.weir.proxy.tls;

import dev.weir.config.TlsEngineKind;
import dev.weir.config.tls.CipherSuite;
import dev.weir.config.tls.TlsIdentity;
import dev.weir.config.tls.TlsSide;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Who does the cryptography. */
enum TlsEngine {
    /** Native code, by netty-tcnative. Its contexts are freed when nothing refers to them, its engines by the SslHandler. */
    BORINGSSL(SslProvider.OPENSSL),
    JDK(SslProvider.JDK);

    static {
        // A client that begins one handshake after the other would keep a core busy.
        if (System.getProperty("jdk.tls.rejectClientInitiatedRenegotiation") == null) {
            System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        }
    }

    private final SslProvider provider;

    TlsEngine(SslProvider provider) {
        this.provider = provider;
    }

    SslProvider provider() {
        return provider;
    }

    /**
     * The one to use for a side.
     *
     * @throws TlsRefused if it must be BoringSSL and cannot be
     */
    static TlsEngine of(TlsEngineKind wanted, TlsSide side) throws TlsRefused {
        String unable = whatBoringSslCannotDo(side);
        return switch (wanted) {
            case JDK -> JDK;
            case AUTO -> OpenSsl.isAvailable() && unable == null ? BORINGSSL : JDK;
            case BORINGSSL -> {
                if (!OpenSsl.isAvailable() || unable != null) {
                    throw new TlsRefused("tls_engine boringssl: " + whyNotBoringSsl(side));
                }
                yield BORINGSSL;
            }
        };
    }

    private static @Nullable String whatBoringSslCannotDo(TlsSide side) {
        if (!side.ciphers13().containsAll(CipherSuite.TLS_1_3)) {
            return "it takes no choice of cipher suites for TLS 1.3";
        }
        TlsIdentity identity = side.identity();
        String algorithm = identity == null ? "EC" : identity.key().getAlgorithm();
        return algorithm.equals("RSA") || algorithm.equals("EC") ? null : "it takes no keys for " + algorithm;
    }

    /** Why it cannot be BoringSSL, in words. */
    static String whyNotBoringSsl(TlsSide side) {
        String unable = whatBoringSslCannotDo(side);
        if (unable != null) {
            return unable;
        }
        Throwable cause = OpenSsl.unavailabilityCause();
        return "its library cannot be loaded" + (cause == null ? "" : ": " + Reason.of(cause));
    }

    /** Java's names of the cipher suites it has. */
    Set<String> ciphers() throws TlsRefused {
        if (this == BORINGSSL) {
            return OpenSsl.availableJavaCipherSuites();
        }
        try {
            return Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (NoSuchAlgorithmException e) {
            throw new TlsRefused("the JDK has no TLS: " + e.getMessage(), e);
        }
    }

    /** For a log line. */
    String described() {
        return this == BORINGSSL ? OpenSsl.versionString() : "JDK " + Runtime.version();
    }
}
