package dev.weir.console.port;

/// One reason for which a client keeps its server between transactions.
///
/// @param database the database as the client names it
/// @param user the client's login user
/// @param clientId number of the client's connection
/// @param client where the client is
/// @param applicationName its application_name when it was last looked at
/// @param serverPid process id of the server that it keeps
/// @param reason what kind of session state it is
/// @param detail what it is about, such as the name of a table
/// @param sinceEpochMicros when it began, in microseconds since 1970
/// @param ageNanos how long ago that is
public record PinSnapshot(
        String database,
        String user,
        long clientId,
        Endpoint client,
        String applicationName,
        int serverPid,
        String reason,
        String detail,
        long sinceEpochMicros,
        long ageNanos) {}
