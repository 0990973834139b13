package dev.weir.console.port;

/// How patiently the pooler ends.
public enum ShutdownMode {
    /// At once: every connection just drops.
    IMMEDIATE,
    /// As SIGINT: pause, then end when no server is active.
    WAIT_FOR_SERVERS,
    /// As SIGTERM: close the TCP listeners, then end when the last client has left.
    WAIT_FOR_CLIENTS,
    /// As SIGTERM with `shutdown_drain_timeout`: have every client leave between two transactions, then end.
    DRAIN,
    /// Leave all listening sockets to a process that has taken them over, then end when the last client has left.
    HANDED_OVER
}
