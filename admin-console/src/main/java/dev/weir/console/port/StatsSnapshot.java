package dev.weir.console.port;

/// Running totals of one pool since the process started. Totals never shrink while the pool lives.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param serverAssignments times a client got a server
/// @param serversMovedIn servers that moved to another event loop, where a client had none
/// @param clientsMovedIn times a client moved to another event loop
/// @param serverConnects servers that were connected to and logged in to
/// @param serverConnectFailures attempts to connect or log in that failed
/// @param serversLost servers whose connection broke or that gave up by a FATAL error
/// @param transactions transactions begun
/// @param queries queries begun; a pipeline until all is answered counts as one
/// @param receivedBytes message bytes taken from clients
/// @param sentBytes message bytes read from servers
/// @param transactionNanos time in transactions, time in line included
/// @param queryNanos time in queries, time in line included
/// @param waitNanos time in line, added when the client gets its server
/// @param clientParses Parse messages of clients
/// @param serverParses Parse messages sent to servers
/// @param binds Bind messages
/// @param clientLogins clients that logged in
/// @param waitTimes how long each client stood in line that did not get a server at once
/// @param queryTimes how long each query took once it had a server
/// @param transactionTimes how long each transaction took once it had a server
/// @param connectTimes how long it took to connect and log in to each server
public record StatsSnapshot(
        String database,
        String user,
        long serverAssignments,
        long serversMovedIn,
        long clientsMovedIn,
        long serverConnects,
        long serverConnectFailures,
        long serversLost,
        long transactions,
        long queries,
        long receivedBytes,
        long sentBytes,
        long transactionNanos,
        long queryNanos,
        long waitNanos,
        long clientParses,
        long serverParses,
        long binds,
        long clientLogins,
        HistogramSnapshot waitTimes,
        HistogramSnapshot queryTimes,
        HistogramSnapshot transactionTimes,
        HistogramSnapshot connectTimes) {}
