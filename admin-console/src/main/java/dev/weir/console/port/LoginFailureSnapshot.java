package dev.weir.console.port;

/// How often clients were not let in.
///
/// @param database the database that they asked for: as configured, `*` if made on demand; empty if there is no such
/// one, or
///     it was the console
/// @param sqlState the error that they were sent
/// @param count how many since the process started
public record LoginFailureSnapshot(String database, String sqlState, long count) {}
