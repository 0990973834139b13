package dev.weir.console.show;

import dev.weir.console.history.PoolName;
import dev.weir.console.port.QuerySnapshot;
import dev.weir.console.table.Column;
import dev.weir.console.table.Table;
import dev.weir.console.table.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// `SHOW QUERIES`.
final class ShowQueries implements Topic {

    /// So many are shown of each pool.
    static final int TOP = 20;

    private static final TableShape<QuerySnapshot> SHAPE = TableShape.<QuerySnapshot>empty()
            .text("database", "database as clients name it", QuerySnapshot::database)
            .text("user", "user that logs in to the servers", QuerySnapshot::user)
            .text("query_id", "number of the statement, whatever constants it has", QuerySnapshot::id)
            .int8("calls", "how often it was executed", QuerySnapshot::calls)
            .int8("total_time", "time that took servers, in microseconds", q -> micros(q.totalNanos()))
            .int8("mean_time", "time per execution", q -> micros(q.meanNanos()))
            .int8("p95_time", "95 of 100 took no longer, estimated", q -> micros(q.p95Nanos()))
            .int8("max_time", "the longest", q -> micros(q.maxNanos()))
            .int8("wait_time", "time in line for a server, which is not part of the others", q -> micros(q.waitNanos()))
            .int8("errors", "errors that PostgreSQL has answered with", QuerySnapshot::errors)
            .int8("rows", "rows sent or changed", QuerySnapshot::rows)
            .int8("received", "message bytes that servers got", QuerySnapshot::receivedBytes)
            .int8("sent", "message bytes that servers sent", QuerySnapshot::sentBytes)
            .timestamp("last_call", "when the last one began", QuerySnapshot::lastEpochMicros)
            .text("query", "the text, `$1`, `$2` … in place of constants", QuerySnapshot::text);

    @Override
    public String name() {
        return "QUERIES";
    }

    @Override
    public String meaning() {
        return "What took the servers' time: of each pool the " + TOP + " statements that took most of it. Times are in"
                + " microseconds. PgBouncer has no such table.";
    }

    @Override
    public List<Column> columns() {
        return SHAPE.columns();
    }

    @Override
    public CompletionStage<Table> read(ShowSource source) {
        return source.view().queries().thenApply(queries -> SHAPE.table(top(queries)));
    }

    private static List<QuerySnapshot> top(List<QuerySnapshot> queries) {
        List<QuerySnapshot> sorted = Rows.sorted(queries, QuerySnapshot.MOST_TIME_FIRST);
        Map<PoolName, Integer> shown = new HashMap<>();
        List<QuerySnapshot> top = new ArrayList<>();
        for (QuerySnapshot query : sorted) {
            if (shown.merge(new PoolName(query.database(), query.user()), 1, Integer::sum) <= TOP) {
                top.add(query);
            }
        }
        return top;
    }

    private static long micros(long nanos) {
        return nanos / 1000;
    }
}
