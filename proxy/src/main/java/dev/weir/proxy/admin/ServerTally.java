package dev.weir.proxy.admin;

import dev.weir.console.port.ServerState;
import dev.weir.proxy.server.ServerConnection;
import java.util.Collection;

/// How many servers do what, in the terms of `SHOW POOLS`.
///
/// @param active linked to a client
/// @param waitingCancel cancel requests that still connect, each over a connection of its own
/// @param activeCancel cancel requests that have been written
/// @param beingCanceled held back until a query has been cancelled
/// @param idle ready for a client
/// @param used idle for so long that they must pass a check first
/// @param tested run a reset or a check query
/// @param login connect or log in
record ServerTally(
        int active, int waitingCancel, int activeCancel, int beingCanceled, int idle, int used, int tested, int login) {

    static final ServerTally NONE = new ServerTally(0, 0, 0, 0, 0, 0, 0, 0);

    /// Counts servers of one event loop; to be called there.
    static ServerTally of(Collection<ServerConnection> servers, long nowNanos) {
        ServerTally tally = NONE;
        for (ServerConnection server : servers) {
            int sent = server.release().cancelsSent();
            int waiting = server.release().cancelsInFlight() - sent;
            tally = tally.plus(one(ServerRows.state(server, nowNanos), waiting, sent));
        }
        return tally;
    }

    /// One server; a connection that a cancel request waits for counts among those that log in, as in PgBouncer.
    static ServerTally one(ServerState state, int waiting, int sent) {
        return switch (state) {
            case LOGIN -> new ServerTally(0, waiting, sent, 0, 0, 0, 0, 1 + waiting);
            case ACTIVE -> new ServerTally(1, waiting, sent, 0, 0, 0, 0, waiting);
            case IDLE -> new ServerTally(0, waiting, sent, 0, 1, 0, 0, waiting);
            case USED -> new ServerTally(0, waiting, sent, 0, 0, 1, 0, waiting);
            case TESTED -> new ServerTally(0, waiting, sent, 0, 0, 0, 1, waiting);
            case ACTIVE_CANCEL -> new ServerTally(0, waiting, sent + 1, 0, 0, 0, 0, waiting);
            case BEING_CANCELED -> new ServerTally(0, waiting, sent, 1, 0, 0, 0, waiting);
        };
    }

    ServerTally plus(ServerTally other) {
        return new ServerTally(
                active + other.active,
                waitingCancel + other.waitingCancel,
                activeCancel + other.activeCancel,
                beingCanceled + other.beingCanceled,
                idle + other.idle,
                used + other.used,
                tested + other.tested,
                login + other.login);
    }
}
