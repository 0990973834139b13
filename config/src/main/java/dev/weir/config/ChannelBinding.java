package dev.weir.config;

/// Whether a SCRAM login is to be bound to the TLS connection that carries it (RFC 5802), in libpq's words.
public enum ChannelBinding implements Choice {
    DISABLE("disable"),
    PREFER("prefer"),
    REQUIRE("require");

    private final String text;

    ChannelBinding(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
