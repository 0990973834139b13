package dev.weir.config.tls;

/// TLS on both sides. Immutable.
public record TlsConfig(TlsSide clients, TlsSide servers) {
    /// No TLS on either side.
    public static final TlsConfig OFF = new TlsConfig(TlsSide.OFF, TlsSide.OFF);
}
