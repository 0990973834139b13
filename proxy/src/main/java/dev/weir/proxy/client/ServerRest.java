package dev.weir.proxy.client;

import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.server.ServerConnection;

/// SUSPEND and RESUME on the side of the server that serves a client. Confined to the client's event loop.
final class ServerRest {

    private ServerRest() {}

    /// Stops reading the server once nothing of it or for it is inside the pooler.
    ///
    /// @return whether that is so
    static boolean settle(ClientLink link) {
        ServerConnection linked = link.server();
        if (linked == null) {
            return link.state() != ClientState.WAITING;
        }
        boolean settled = !linked.settings().areUnderWay() && linked.inFlight().equals(BytesInFlight.NONE);
        if (settled) {
            linked.readAnswers(false);
        }
        return settled;
    }

    /// Reads the server again, if the client can take what it says.
    static void goOn(ClientLink link, ClientOutput out) {
        ServerConnection linked = link.server();
        if (linked != null) {
            linked.readAnswers(out.isWritable());
        }
    }
}
