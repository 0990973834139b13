package dev.weir.console.health;

import java.util.Locale;

/// How a database is doing, the best first.
public enum Health {
    /// A server is there, or none was asked for yet.
    READY,
    /// It works, and somebody should look: clients wait for longer than the deadline, or some of its users get no
    /// server.
    DEGRADED,
    /// Clients wait because an operator has said so.
    PAUSED,
    /// New clients are turned away because an operator has said so.
    DISABLED,
    /// There is no server, and the last attempts to connect have failed.
    UNAVAILABLE;

    /// In small letters, as JSON has it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether a load balancer should send new clients here.
    public boolean takesClients() {
        return this != DISABLED && this != UNAVAILABLE;
    }
}
