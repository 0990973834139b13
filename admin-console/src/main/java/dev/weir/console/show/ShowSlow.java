package dev.weir.console.show;

import dev.weir.console.port.SlowQuerySnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// `SHOW SLOW`.
final class ShowSlow implements Topic {

    private static final TableShape<SlowQuerySnapshot> SHAPE = TableShape.<SlowQuerySnapshot>empty()
            .timestamp("started", "when it began", SlowQuerySnapshot::startedEpochMicros)
            .text("database", "database as clients name it", SlowQuerySnapshot::database)
            .text("user", "user that logs in to the servers", SlowQuerySnapshot::user)
            .int4("client_id", "number of the client's connection", SlowQuerySnapshot::clientId)
            .text(
                    "addr",
                    "address of the client; unix for a Unix socket",
                    q -> q.client().address())
            .int4("port", "port of the client", q -> q.client().port())
            .text("application_name", "its application_name", SlowQuerySnapshot::applicationName)
            .int4("server_pid", "process id of the server", SlowQuerySnapshot::serverPid)
            .int8("time", "time that it took the server, in microseconds", q -> q.servedNanos() / 1000)
            .int8("wait_time", "time in line for the server before that, in microseconds", q -> q.waitedNanos() / 1000)
            .int8("rows", "rows sent or changed", SlowQuerySnapshot::rows)
            .text("failed", "yes if it ended with an error, or its client left", q -> Rows.yesNo(q.failed()))
            .text("query", "its text; see `query_text_literals`", SlowQuerySnapshot::text);

    @Override
    public String name() {
        return "SLOW";
    }

    @Override
    public String meaning() {
        return "The last 200 queries that took a server for `slow_query_threshold` or longer, the last first."
                + " PgBouncer has no such table.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().slowQueries().thenApply(SHAPE::table);
    }
}
