package dev.weir.config;

import java.util.Locale;

/// When a client keeps its server connection between transactions.
public enum PinMode implements Choice {
    /// While something lives in the server's session that no other server can be given.
    AUTO,
    /// From the first change of the session on until it disconnects.
    ALWAYS,
    /// At no time: what would need it is refused.
    NEVER;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
