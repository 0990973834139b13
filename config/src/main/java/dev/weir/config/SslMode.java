package dev.weir.config;

/// How much TLS is asked for on one side, in libpq's words.
public enum SslMode implements Choice {
    DISABLE("disable"),
    ALLOW("allow"),
    PREFER("prefer"),
    REQUIRE("require"),
    VERIFY_CA("verify-ca"),
    VERIFY_FULL("verify-full");

    private final String text;

    SslMode(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
