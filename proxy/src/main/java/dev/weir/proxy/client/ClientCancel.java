package dev.weir.proxy.client;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a cancel request does to a client: it ends the query that runs, or the one that still waits in line, and never anything
 * of our own. Confined to the client's event loop.
 */
final class ClientCancel {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientCancel.class);

    private final ClientSession session;
    /** A cancel request waits until the client's settings are applied. */
    private boolean pending;

    ClientCancel(ClientSession session) {
        this.session = session;
    }

    /** See {@link dev.weir.proxy.cancel.CancelTarget#onCancelRequest}. */
    void onRequest(Runnable delivered) {
        ServerConnection linked = session.server();
        if (session.state() == ClientState.WAITING) {
            session.link().abandonRequest();
            session.refuseHeld(canceled());
            delivered.run();
        } else if (linked == null && session.channels().abandonRequest()) {
            session.refuseHeld(canceled());
            delivered.run();
        } else if (linked == null
                || linked.expectations().isEmpty()
                || linked.session().isProbed()) {
            LOGGER.debug("{} cancel request for idle client", session);
            delivered.run();
        } else if (linked.release().cancelsInFlight() > 0) {
            delivered.run(); // one is on its way already
        } else if (linked.settings().areUnderWay()) {
            // It is meant for the query behind them, which would be lost if the settings were.
            pending = true;
            delivered.run();
        } else {
            linked.release().sendCancel(delivered);
        }
    }

    private static PgError canceled() {
        return PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request");
    }

    /** The server runs under the client's settings: what was put off for their sake can be done. */
    void onSettingsApplied() {
        ServerConnection linked = session.server();
        if (pending && linked != null && !linked.expectations().isEmpty()) {
            linked.release().sendCancel(() -> {});
        }
        pending = false;
    }
}
