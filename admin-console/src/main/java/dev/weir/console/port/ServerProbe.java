package dev.weir.console.port;

/// Finds out whether databases that could not be reached can be reached again. Thread-safe.
@FunctionalInterface
public interface ServerProbe {

    /// Has each of the database's pools that has no server, and whose last attempt to connect has failed, try once
    /// more, unless
    /// it tries already or has to pause after a failure. Returns at once; snapshots tell what came of it.
    void probe(String database);
}
