package dev.weir.config.tls;

import org.jspecify.annotations.Nullable;

/// TLS on all sides. Immutable.
///
/// @param peers towards the peers to which cancel requests are passed on
/// @param http the certificate of the HTTP pages; null where they are served without TLS
public record TlsConfig(
        TlsSide clients,
        TlsSide servers,
        TlsSide peers,
        @Nullable TlsIdentity http) {
    /// No TLS anywhere.
    public static final TlsConfig OFF = new TlsConfig(TlsSide.OFF, TlsSide.OFF, TlsSide.OFF, null);
}
