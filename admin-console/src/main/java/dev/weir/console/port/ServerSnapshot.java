package dev.weir.console.port;

/// One server connection.
///
/// @param state what it does
/// @param connection who and where it is
public record ServerSnapshot(ServerState state, ConnectionSnapshot connection) {}
