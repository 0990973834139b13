package dev.weir.console.show;

import dev.weir.console.port.StatsSnapshot;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// The two latest readings of the counters, one `stats_period` apart. Averages span from the older one to now, so
/// they cover a full period and what has passed of the running one. Thread-safe.
public final class StatsHistory {

    private final LongSupplier nanoTime;
    private Reading older;
    private Reading newer;

    /// A history that starts now with nothing counted.
    ///
    /// @param nanoTime a clock like [System#nanoTime]
    public StatsHistory(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.older = new Reading(nanoTime.getAsLong(), Map.of());
        this.newer = older;
    }

    /// Takes a reading; to be called once every `stats_period`.
    ///
    /// @return the averages over the period that ends now, as the line that the log shows
    public synchronized String record(Collection<StatsSnapshot> pools) {
        Reading now = new Reading(nanoTime.getAsLong(), DatabaseTotals.byDatabase(pools));
        DatabaseTotals period = sum(now.totals).since(sum(newer.totals)).averagedOver(now.nanos - newer.nanos);
        older = newer;
        newer = now;
        return logLine(period);
    }

    /// What each database's counters averaged lately.
    synchronized SortedMap<String, DatabaseTotals> averages(SortedMap<String, DatabaseTotals> current) {
        long nanos = nanoTime.getAsLong() - older.nanos;
        SortedMap<String, DatabaseTotals> averages = new TreeMap<>();
        current.forEach((database, totals) -> averages.put(
                database,
                totals.since(older.totals.getOrDefault(database, DatabaseTotals.ZERO))
                        .averagedOver(nanos)));
        return averages;
    }

    private static DatabaseTotals sum(Map<String, DatabaseTotals> totals) {
        return totals.values().stream().reduce(DatabaseTotals.ZERO, DatabaseTotals::plus);
    }

    private static String logLine(DatabaseTotals average) {
        return String.format(
                Locale.ROOT,
                "stats: %d xacts/s, %d queries/s, %d client parses/s, %d server parses/s, %d binds/s,"
                        + " in %d B/s, out %d B/s, xact %d us, query %d us, wait %d us",
                average.transactions(),
                average.queries(),
                average.clientParses(),
                average.serverParses(),
                average.binds(),
                average.receivedBytes(),
                average.sentBytes(),
                average.transactionMicros(),
                average.queryMicros(),
                average.waitMicros());
    }

    private record Reading(long nanos, Map<String, DatabaseTotals> totals) {}
}
