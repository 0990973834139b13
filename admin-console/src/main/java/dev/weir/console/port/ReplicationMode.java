package dev.weir.console.port;

/// Whether a connection speaks the replication protocol.
public enum ReplicationMode {
    /// An ordinary connection.
    NONE,
    /// `replication=database`.
    LOGICAL,
    /// `replication=true`.
    PHYSICAL
}
