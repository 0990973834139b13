package dev.weir.config;

/// How TLS begins, in libpq's words (`sslnegotiation`).
public enum TlsNegotiation implements Choice {
    /// By an SSLRequest.
    POSTGRES("postgres"),
    /// At once, without a word before; PostgreSQL 17 and newer.
    DIRECT("direct");

    private final String text;

    TlsNegotiation(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
