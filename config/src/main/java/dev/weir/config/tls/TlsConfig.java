package dev.weir.config.tls;

import org.jspecify.annotations.Nullable;

/// TLS on all sides. Immutable.
///
/// @param http the certificate of the HTTP pages; null where they are served without TLS
public record TlsConfig(
        TlsSide clients, TlsSide servers, @Nullable TlsIdentity http) {
    /// No TLS anywhere.
    public static final TlsConfig OFF = new TlsConfig(TlsSide.OFF, TlsSide.OFF, null);
}
