package dev.weir.console.show;

import dev.weir.console.port.BlockerSnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW BLOCKERS`.
final class ShowBlockers implements Topic {

    private static final TableShape<BlockerSnapshot> SHAPE = TableShape.<BlockerSnapshot>empty()
            .text("database", "database as clients name it", BlockerSnapshot::database)
            .text("user", "user that logs in to the server", BlockerSnapshot::user)
            .int4("client_id", "number of the client's connection; what KILL_CLIENT takes", BlockerSnapshot::clientId)
            .text(
                    "addr",
                    "address of the client; unix for a Unix socket",
                    b -> b.client().address())
            .int4("port", "port of the client", b -> b.client().port())
            .text("application_name", "its application_name", BlockerSnapshot::applicationName)
            .int4("server_pid", "process id of the server that it has", BlockerSnapshot::serverPid)
            .text(
                    "state",
                    "active, idle in transaction, idle in failed transaction, pinned, idle (session mode) or"
                            + " replication",
                    b -> b.state().text())
            .int8("state_time", "for how long, in microseconds", b -> b.stateNanos() / 1000)
            .int8(
                    "transaction_time",
                    "how long its transaction is open, in microseconds",
                    b -> b.transactionNanos() / 1000)
            .timestamp("since", "since when it has the server", BlockerSnapshot::sinceEpochMicros)
            .text("leaking", "yes after `leak_detection_threshold` of silence", b -> Rows.yesNo(b.leaking()))
            .text("pinned_by", "why it keeps the server between transactions", BlockerSnapshot::reason)
            .int4("waiting", "clients in line for a server of the same pool", BlockerSnapshot::waitingClients)
            .text("last_query", "what it executed last; see `query_text_literals`", BlockerSnapshot::statement);

    @Override
    public String name() {
        return "BLOCKERS";
    }

    @Override
    public String meaning() {
        return "Who holds the servers: a row for each client that has one, leaking ones first, then those in pools"
                + " where clients wait, the longest silence first. PgBouncer has no such table.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().blockers().thenApply(all -> SHAPE.table(Rows.sorted(all, BlockerSnapshot.WORST_FIRST)));
    }
}
