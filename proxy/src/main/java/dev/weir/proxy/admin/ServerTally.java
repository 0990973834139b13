package dev.weir.proxy.admin;

import dev.weir.console.port.ServerState;
import dev.weir.proxy.server.ServerConnection;
import java.util.Collection;

/// How many servers do what, in the terms of `SHOW POOLS`.
///
/// @param active linked to a client
/// @param activeCancel cancel requests on their way, each over a connection of its own
/// @param beingCanceled held back until a query has been cancelled
/// @param idle ready for a client
/// @param used idle for so long that they must pass a check first
/// @param tested run a reset or a check query
/// @param login connect or log in
record ServerTally(int active, int activeCancel, int beingCanceled, int idle, int used, int tested, int login) {

    static final ServerTally NONE = new ServerTally(0, 0, 0, 0, 0, 0, 0);

    /// Counts servers of one event loop; to be called there.
    static ServerTally of(Collection<ServerConnection> servers, long nowNanos) {
        ServerTally tally = NONE;
        for (ServerConnection server : servers) {
            tally = tally.plus(
                    one(ServerRows.state(server, nowNanos), server.release().cancelsInFlight()));
        }
        return tally;
    }

    static ServerTally one(ServerState state, int cancels) {
        return switch (state) {
            case LOGIN -> new ServerTally(0, cancels, 0, 0, 0, 0, 1);
            case ACTIVE -> new ServerTally(1, cancels, 0, 0, 0, 0, 0);
            case IDLE -> new ServerTally(0, cancels, 0, 1, 0, 0, 0);
            case USED -> new ServerTally(0, cancels, 0, 0, 1, 0, 0);
            case TESTED -> new ServerTally(0, cancels, 0, 0, 0, 1, 0);
            case ACTIVE_CANCEL -> new ServerTally(0, cancels + 1, 0, 0, 0, 0, 0);
            case BEING_CANCELED -> new ServerTally(0, cancels, 1, 0, 0, 0, 0);
        };
    }

    ServerTally plus(ServerTally other) {
        return new ServerTally(
                active + other.active,
                activeCancel + other.activeCancel,
                beingCanceled + other.beingCanceled,
                idle + other.idle,
                used + other.used,
                tested + other.tested,
                login + other.login);
    }
}
