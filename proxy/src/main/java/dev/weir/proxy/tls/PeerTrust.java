package dev.weir.proxy.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed. Thread-safe. */
final class PeerTrust extends X509ExtendedTrustManager {

    /** Null believes everybody: the connection is secret, and who is at its other end is not asked. */
    private final @Nullable X509ExtendedTrustManager path;

    private final boolean namesHost;

    private PeerTrust(@Nullable X509ExtendedTrustManager path, boolean namesHost) {
        this.path = path;
        this.namesHost = namesHost;
    }

    /** Believes everybody. */
    static PeerTrust everybody() {
        return new PeerTrust(null, false);
    }

    /**
     * Believes those for whom an authority vouches.
     *
     * @param authorities empty for those that the JDK trusts
     * @param namesHost whether the certificate of a server must name the host that was connected to
     */
    static PeerTrust of(List<X509Certificate> authorities, boolean namesHost) throws TlsRefused {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities.isEmpty() ? null : store(authorities));
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return new PeerTrust(extended, namesHost);
                }
            }
            throw new TlsRefused("the JDK checks no certificates");
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsRefused("the authorities cannot be used: " + Reason.of(e), e);
        }
    }

    private static KeyStore store(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry(String.valueOf(i), authorities.get(i));
        }
        return store;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        if (path != null) {
            path.checkServerTrusted(chain, kind, engine);
            // The path ends where trust begins, which may be at this very certificate: then nobody has looked at its
            // dates.
            chain[0].checkValidity();
            if (namesHost) {
                HostName.check(chain[0], String.valueOf(engine.getPeerHost()));
            }
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        if (path != null) {
            path.checkClientTrusted(chain, kind, engine);
            chain[0].checkValidity();
        }
    }

    /** Named to clients that are asked for a certificate. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return path == null ? new X509Certificate[0] : path.getAcceptedIssuers();
    }

    // ---- without an engine nobody says which host is meant ----

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        throw new CertificateException("only connections are checked");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        throw new CertificateException("only connections are checked");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        throw new CertificateException("only connections are checked");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) throws CertificateException {
        throw new CertificateException("only connections are checked");
    }
}
