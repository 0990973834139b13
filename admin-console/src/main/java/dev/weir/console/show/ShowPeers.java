package dev.weir.console.show;

import dev.weir.console.port.PeerSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW PEERS`.
final class ShowPeers implements Topic {

    private static final TableShape<PeerSnapshot> SHAPE = TableShape.<PeerSnapshot>empty()
            .int4("peer_id", "the peer's id", PeerSnapshot::peerId)
            .text("host", "where it listens", PeerSnapshot::host)
            .int4("port", "the port there", PeerSnapshot::port)
            .int4("pool_size", "connections to it at a time", PeerSnapshot::poolSize);

    @Override
    public String name() {
        return "PEERS";
    }

    @Override
    public String meaning() {
        return "Configured peers, by id.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view()
                .peers()
                .thenApply(peers -> SHAPE.table(Rows.sorted(peers, Comparator.comparingInt(PeerSnapshot::peerId))));
    }
}
