package dev.weir.console.port;

/// Whether the pooler serves.
///
/// @param paused all databases are paused, or are about to be
/// @param suspended clients are not read
/// @param shuttingDown an orderly shutdown is under way
/// @param consoleClients console sessions open now
public record PoolerState(boolean paused, boolean suspended, boolean shuttingDown, int consoleClients) {}
