package dev.weir.console.port;

/// What a pool's clients listen on.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param channels channels that somebody listens on now
/// @param notifications notifications that have come for them since the process started
public record ListenSnapshot(String database, String user, int channels, long notifications) {}
