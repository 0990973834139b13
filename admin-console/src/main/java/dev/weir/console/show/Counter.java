package dev.weir.console.show;

import java.util.List;
import java.util.function.ToLongFunction;

/// The counters of `SHOW STATS`, in the order of its columns, with the several names that PgBouncer has for each.
///
/// @param totalColumn name in `SHOW STATS`
/// @param averageColumn name of the average in `SHOW STATS`
/// @param plainColumn name in `SHOW STATS_TOTALS`
/// @param plainAverageColumn name in `SHOW STATS_AVERAGES`
/// @param rowName name in `SHOW TOTALS`, behind `total_` or `avg_`
/// @param meaning what is counted
/// @param averageMeaning what the average is
/// @param value the counter
record Counter(
        String totalColumn,
        String averageColumn,
        String plainColumn,
        String plainAverageColumn,
        String rowName,
        String meaning,
        String averageMeaning,
        ToLongFunction<DatabaseTotals> value) {

    static final List<Counter> ALL = List.of(
            counted(
                    "server_assignment_count",
                    "times a client got a server",
                    "assignments per second",
                    DatabaseTotals::serverAssignments),
            counted("xact_count", "transactions", "transactions per second", DatabaseTotals::transactions),
            counted(
                    "query_count",
                    "queries; a pipeline until all is answered counts as one",
                    "queries per second",
                    DatabaseTotals::queries),
            new Counter(
                    "total_received",
                    "avg_recv",
                    "bytes_received",
                    "bytes_received",
                    "client_bytes",
                    "bytes taken from clients",
                    "bytes per second taken from clients",
                    DatabaseTotals::receivedBytes),
            new Counter(
                    "total_sent",
                    "avg_sent",
                    "bytes_sent",
                    "bytes_sent",
                    "server_bytes",
                    "bytes read from servers",
                    "bytes per second read from servers",
                    DatabaseTotals::sentBytes),
            counted(
                    "xact_time",
                    "microseconds in transactions, time in line included",
                    "microseconds per transaction",
                    DatabaseTotals::transactionMicros),
            counted(
                    "query_time",
                    "microseconds in queries, time in line included",
                    "microseconds per query",
                    DatabaseTotals::queryMicros),
            counted(
                    "wait_time",
                    "microseconds in line for a server",
                    "microseconds per assignment",
                    DatabaseTotals::waitMicros),
            prepared(
                    "client_parse_count",
                    "Parse messages of clients",
                    "Parse messages of clients per second",
                    DatabaseTotals::clientParses),
            prepared(
                    "server_parse_count",
                    "Parse messages sent to servers",
                    "Parse messages sent to servers per second",
                    DatabaseTotals::serverParses),
            prepared("bind_count", "Bind messages", "Bind messages per second", DatabaseTotals::binds));

    private static Counter counted(
            String name, String meaning, String averageMeaning, ToLongFunction<DatabaseTotals> value) {
        return new Counter("total_" + name, "avg_" + name, name, name, name, meaning, averageMeaning, value);
    }

    private static Counter prepared(
            String name, String meaning, String averageMeaning, ToLongFunction<DatabaseTotals> value) {
        return new Counter(
                "total_" + name, "avg_" + name, name, "avg_" + name, "ps_" + name, meaning, averageMeaning, value);
    }
}
