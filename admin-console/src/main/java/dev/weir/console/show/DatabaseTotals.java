package dev.weir.console.show;

import dev.weir.console.port.StatsSnapshot;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/// The counters of one database, summed over its pools, in the units of `SHOW STATS` (times in microseconds).
record DatabaseTotals(
        long serverAssignments,
        long transactions,
        long queries,
        long receivedBytes,
        long sentBytes,
        long transactionMicros,
        long queryMicros,
        long waitMicros,
        long clientParses,
        long serverParses,
        long binds) {

    static final DatabaseTotals ZERO = new DatabaseTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    static SortedMap<String, DatabaseTotals> byDatabase(Collection<StatsSnapshot> pools) {
        SortedMap<String, DatabaseTotals> totals = new TreeMap<>();
        for (StatsSnapshot pool : pools) {
            totals.merge(pool.database(), of(pool), DatabaseTotals::plus);
        }
        return totals;
    }

    private static DatabaseTotals of(StatsSnapshot pool) {
        return new DatabaseTotals(
                pool.serverAssignments(),
                pool.transactions(),
                pool.queries(),
                pool.receivedBytes(),
                pool.sentBytes(),
                pool.transactionNanos() / 1000,
                pool.queryNanos() / 1000,
                pool.waitNanos() / 1000,
                pool.clientParses(),
                pool.serverParses(),
                pool.binds());
    }

    DatabaseTotals plus(DatabaseTotals other) {
        return new DatabaseTotals(
                serverAssignments + other.serverAssignments,
                transactions + other.transactions,
                queries + other.queries,
                receivedBytes + other.receivedBytes,
                sentBytes + other.sentBytes,
                transactionMicros + other.transactionMicros,
                queryMicros + other.queryMicros,
                waitMicros + other.waitMicros,
                clientParses + other.clientParses,
                serverParses + other.serverParses,
                binds + other.binds);
    }

    /// What was counted since an earlier reading. Never negative: a database that went away and came back counts from
    /// zero again.
    DatabaseTotals since(DatabaseTotals earlier) {
        return new DatabaseTotals(
                Math.max(0, serverAssignments - earlier.serverAssignments),
                Math.max(0, transactions - earlier.transactions),
                Math.max(0, queries - earlier.queries),
                Math.max(0, receivedBytes - earlier.receivedBytes),
                Math.max(0, sentBytes - earlier.sentBytes),
                Math.max(0, transactionMicros - earlier.transactionMicros),
                Math.max(0, queryMicros - earlier.queryMicros),
                Math.max(0, waitMicros - earlier.waitMicros),
                Math.max(0, clientParses - earlier.clientParses),
                Math.max(0, serverParses - earlier.serverParses),
                Math.max(0, binds - earlier.binds));
    }

    /// Averages as `SHOW STATS` defines them: times per event that they belong to, everything else per second.
    DatabaseTotals averagedOver(long nanos) {
        double seconds = Math.max(nanos, 1) / 1e9;
        return new DatabaseTotals(
                (long) (serverAssignments / seconds),
                (long) (transactions / seconds),
                (long) (queries / seconds),
                (long) (receivedBytes / seconds),
                (long) (sentBytes / seconds),
                each(transactionMicros, transactions),
                each(queryMicros, queries),
                each(waitMicros, serverAssignments),
                (long) (clientParses / seconds),
                (long) (serverParses / seconds),
                (long) (binds / seconds));
    }

    private static long each(long sum, long count) {
        return count == 0 ? 0 : sum / count;
    }
}
