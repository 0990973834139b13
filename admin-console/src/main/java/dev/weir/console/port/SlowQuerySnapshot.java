package dev.weir.console.port;

/// A query that took a server for long.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param clientId number of the client's connection
/// @param client where the client is
/// @param applicationName its application_name
/// @param serverPid process id of the server
/// @param startedEpochMicros when it began, in microseconds since 1970
/// @param servedNanos how long it took the server
/// @param waitedNanos how long the client had waited for one
/// @param rows rows sent or changed
/// @param failed whether it ended with an error, or the client left before its end
/// @param text its text, cut short perhaps; empty if it is not known
public record SlowQuerySnapshot(
        String database,
        String user,
        long clientId,
        Endpoint client,
        String applicationName,
        int serverPid,
        long startedEpochMicros,
        long servedNanos,
        long waitedNanos,
        long rows,
        boolean failed,
        String text) {}
