package dev.weir.console.port;

import java.util.Map;

/// How many servers of a pool are kept by one client each, and how often that has begun.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param pinnedServers servers that are kept now
/// @param begun how often each reason has begun since the process started
public record PinCountSnapshot(String database, String user, int pinnedServers, Map<String, Long> begun) {

    /// Copies the map.
    public PinCountSnapshot {
        begun = Map.copyOf(begun);
    }
}
