package dev.weir.console.port;

import java.util.Comparator;

/// A client that has a server, and so keeps it from others.
///
/// @param database the pool's database
/// @param user the pool's user
/// @param clientId number of the client's connection
/// @param client where the client is
/// @param applicationName its application_name
/// @param serverPid process id of its server
/// @param state what it does with it
/// @param reason why it keeps it between transactions; empty if it does not
/// @param sinceEpochMicros since when it has the server, in microseconds since 1970
/// @param heldNanos how long that is
/// @param transactionNanos how long its transaction is open; 0 if none is
/// @param stateNanos how long it has been in this state
/// @param leaking whether it is silent within a transaction for longer than it should be
/// @param waitingClients clients in line for a server of the same pool
/// @param statement what it executed last; empty if that is not known
public record BlockerSnapshot(
        String database,
        String user,
        long clientId,
        Endpoint client,
        String applicationName,
        int serverPid,
        BlockerState state,
        String reason,
        long sinceEpochMicros,
        long heldNanos,
        long transactionNanos,
        long stateNanos,
        boolean leaking,
        int waitingClients,
        String statement) {

    /// The order in which operators want to read them: who leaks, who keeps others waiting, who has been silent for
    /// long.
    public static final Comparator<BlockerSnapshot> WORST_FIRST = Comparator.comparing(BlockerSnapshot::leaking)
            .thenComparing(blocker -> blocker.waitingClients > 0)
            .thenComparing(blocker -> blocker.state != BlockerState.ACTIVE && blocker.state != BlockerState.REPLICATION)
            .thenComparingLong(BlockerSnapshot::stateNanos)
            .reversed()
            .thenComparingLong(BlockerSnapshot::clientId);
}
