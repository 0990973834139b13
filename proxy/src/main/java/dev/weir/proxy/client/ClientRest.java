package dev.weir.proxy.client;

import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.server.ServerConnection;

/// What SUSPEND and RESUME do to one client and the server that serves it. Confined to the client's event loop.
public final class ClientRest {

    private ClientRest() {}

    /// SUSPEND: stops reading the client between two of its messages, and its server as soon as nothing of theirs is
    /// inside the pooler; what has arrived is passed on. To be called until it is so.
    ///
    /// @return whether it is
    public static boolean settle(ClientSession session) {
        BytesInFlight waiting = session.inFlight();
        session.output().suspend(waiting.streaming() == 0 && !session.inbound().holdsPartOfMessage());
        session.chooseReading();
        return waiting.equals(BytesInFlight.NONE) && settleServer(session.link());
    }

    private static boolean settleServer(ClientLink link) {
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

    /// RESUME after a SUSPEND.
    public static void goOn(ClientSession session) {
        session.output().suspend(false);
        ServerConnection linked = session.server();
        if (linked != null) {
            linked.readAnswers(session.output().isWritable());
        }
        session.chooseReading();
    }
}
