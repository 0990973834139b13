package dev.weir.config.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate with those that vouch for it, and its key. Immutable.
///
/// @param chain our own certificate first
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    /// Our own certificate.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Whom it names; nothing of the key.
    @Override
    public String toString() {
        return certificate().getSubjectX500Principal().getName();
    }
}
