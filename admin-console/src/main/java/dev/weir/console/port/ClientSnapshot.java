package dev.weir.console.port;

/// One client connection.
///
/// @param state what it does
/// @param connection who and where it is
public record ClientSnapshot(ClientState state, ConnectionSnapshot connection) {}
