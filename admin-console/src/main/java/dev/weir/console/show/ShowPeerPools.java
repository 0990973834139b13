package dev.weir.console.show;

import dev.weir.console.port.PeerPoolSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW PEER_POOLS`.
final class ShowPeerPools implements Topic {

    private static final TableShape<PeerPoolSnapshot> SHAPE = TableShape.<PeerPoolSnapshot>empty()
            .int4("peer_id", "the peer's id", PeerPoolSnapshot::peerId)
            .int4(
                    "cl_active_cancel_req",
                    "cancel requests that a connection carries",
                    PeerPoolSnapshot::clientsActiveCancel)
            .int4("cl_waiting_cancel_req", "cancel requests that wait", PeerPoolSnapshot::clientsWaitingCancel)
            .int4("sv_active_cancel", "connections that carry a cancel request", PeerPoolSnapshot::serversActiveCancel)
            .int4("sv_login", "connections being made", PeerPoolSnapshot::serversLogin);

    @Override
    public String name() {
        return "PEER_POOLS";
    }

    @Override
    public String meaning() {
        return "Connections to peers, by id.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .peerPools()
                .thenApply(pools -> SHAPE.table(Rows.sorted(pools, Comparator.comparingInt(PeerPoolSnapshot::peerId))));
    }
}
