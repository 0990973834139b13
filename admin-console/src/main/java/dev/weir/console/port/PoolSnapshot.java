package dev.weir.console.port;

import dev.weir.config.PoolMode;
import org.jspecify.annotations.Nullable;

/// One pool: the connections that serve one database as one user.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param poolMode when servers go back
/// @param poolSize servers the pool may open; 0 means no limit
/// @param clientsActive clients logged in and not in line, idle ones included
/// @param clientsWaiting clients in line for a server
/// @param clientsActiveCancel cancel requests that a server connection carries
/// @param clientsWaitingCancel cancel requests that still wait to be carried
/// @param serversActive servers linked to a client
/// @param serversActiveCancel servers that carry a cancel request
/// @param serversBeingCanceled servers held back until a cancel request for them has finished
/// @param serversIdle servers ready for a client
/// @param serversUsed idle servers that need a check before they serve again
/// @param serversTested servers that run a reset or a check query
/// @param serversLogin servers that connect or log in
/// @param maxWaitNanos how long the first client in line has waited; 0 when there is none
/// @param loadBalanceHosts how hosts are chosen; `null` unless there are several
/// @param lastConnectFailure what the last attempt to connect to a server failed with; `null` if it succeeded, or there
///     was none
public record PoolSnapshot(
        String database,
        String user,
        PoolMode poolMode,
        int poolSize,
        int clientsActive,
        int clientsWaiting,
        int clientsActiveCancel,
        int clientsWaitingCancel,
        int serversActive,
        int serversActiveCancel,
        int serversBeingCanceled,
        int serversIdle,
        int serversUsed,
        int serversTested,
        int serversLogin,
        long maxWaitNanos,
        @Nullable String loadBalanceHosts,
        @Nullable String lastConnectFailure) {

    /// Servers that are connected and logged in.
    public int serversConnected() {
        return serversActive + serversBeingCanceled + serversIdle + serversUsed + serversTested;
    }

    /// Servers that are not free for a client.
    public int serversBusy() {
        return serversActive + serversBeingCanceled + serversTested;
    }

    /// How many clients wait, in words.
    public String waitingText() {
        return clientsWaiting == 1 ? "1 client waits" : clientsWaiting + " clients wait";
    }

    /// Whether clients wait while every server that the pool may have is busy.
    public boolean isExhausted() {
        return clientsWaiting > 0
                && serversIdle + serversUsed + serversLogin == 0
                && poolSize > 0
                && serversConnected() >= poolSize;
    }

    /// Whether there is no server, and the last attempt to connect to one has failed.
    public boolean isUnreachable() {
        return serversConnected() == 0 && lastConnectFailure != null;
    }
}
