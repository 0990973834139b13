package dev.weir.console.history;

/// Names a pool.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
public record PoolName(String database, String user) {}
