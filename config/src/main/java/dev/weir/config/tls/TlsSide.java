package dev.weir.config.tls;

import dev.weir.config.SslMode;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What TLS is to be like towards clients, or towards servers: the settings, understood, and what the files hold.
/// Immutable.
///
/// @param mode how much of it is asked for
/// @param ciphers up to TLS 1.2, the preferred one first
/// @param ciphers13 for TLS 1.3
/// @param groups for the exchange of keys
/// @param identity what is shown to the peer, null for nothing
/// @param authorities who vouches for peers; empty where nobody is asked, or for those that the system trusts
public record TlsSide(
        SslMode mode,
        Set<TlsVersion> versions,
        List<CipherSuite> ciphers,
        List<String> ciphers13,
        List<KeyExchangeGroup> groups,
        @Nullable TlsIdentity identity,
        List<X509Certificate> authorities) {
    /// No TLS.
    public static final TlsSide OFF = new TlsSide(
            SslMode.DISABLE,
            Set.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3),
            CipherSuite.ALL,
            CipherSuite.TLS_1_3,
            KeyExchangeGroup.parse("auto"),
            null,
            List.of());

    public TlsSide {
        authorities = List.copyOf(authorities);
    }

    /// Whether there is TLS at all.
    public boolean isOn() {
        return mode != SslMode.DISABLE;
    }

    /// Whether nothing goes without TLS.
    public boolean isRequired() {
        return mode.compareTo(SslMode.REQUIRE) >= 0;
    }

    /// Whether peers must show a certificate that the authorities vouch for.
    public boolean verifies() {
        return mode.compareTo(SslMode.VERIFY_CA) >= 0;
    }
}
