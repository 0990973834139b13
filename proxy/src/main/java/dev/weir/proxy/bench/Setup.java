package dev.weir.proxy.bench;

/// The ways in which a pooler is set up, each a process of its own.
enum Setup {
    /// Clients log in by SCRAM, with TLS where they ask for it; servers are reached without TLS.
    PLAIN("scram-sha-256", "disable"),
    /// The same, with TLS to the servers as well.
    ENCRYPTED("scram-sha-256", "require"),
    /// Clients are let in without a password.
    TRUSTING("trust", "disable");

    private final String authType;
    private final String serverTls;

    Setup(String authType, String serverTls) {
        this.authType = authType;
        this.serverTls = serverTls;
    }

    /// The value of `auth_type`.
    String authType() {
        return authType;
    }

    /// The value of `server_tls_sslmode`.
    String serverTls() {
        return serverTls;
    }
}
