package dev.weir.config;

/// Who does the cryptography of TLS.
public enum TlsEngineKind implements Choice {
    /// BoringSSL where its library can be loaded, else the JDK.
    AUTO("auto"),
    BORINGSSL("boringssl"),
    JDK("jdk");

    private final String text;

    TlsEngineKind(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
