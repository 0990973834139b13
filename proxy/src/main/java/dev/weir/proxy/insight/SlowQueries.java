package dev.weir.proxy.insight;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last slow queries of all clients, and the log's lines about them. Thread-safe; comes into play only when a query has
 * been slow.
 */
public final class SlowQueries {

    /** So many are remembered. */
    public static final int HISTORY = 200;

    /** So many are logged in a second; what comes beyond is counted. */
    static final int LINES_PER_SECOND = 20;

    private static final Logger LOGGER = LoggerFactory.getLogger(SlowQueries.class);

    private final ArrayDeque<SlowQuery> last = new ArrayDeque<>();
    private final Map<String, Map<String, Long>> counts = new HashMap<>();
    private long windowNanos = System.nanoTime();
    private int lines;
    private long unlogged;

    /**
     * One more.
     *
     * @param client in the form of log lines
     */
    public void add(SlowQuery query, Object client) {
        add(query, client, System.nanoTime());
    }

    void add(SlowQuery query, Object client, long nowNanos) {
        if (remember(query, nowNanos)) {
            LOGGER.info(
                    "{} slow query: {} s, waited {} s, rows={}{} server_pid={} app={}: {}",
                    client,
                    seconds(query.servedNanos()),
                    seconds(query.waitedNanos()),
                    query.rows(),
                    query.failed() ? " failed" : "",
                    query.serverPid(),
                    query.applicationName().isEmpty() ? "-" : query.applicationName(),
                    query.text().isEmpty() ? "(its text is not known)" : query.text());
        }
    }

    private synchronized boolean remember(SlowQuery query, long nowNanos) {
        last.addLast(query);
        if (last.size() > HISTORY) {
            last.removeFirst();
        }
        counts.computeIfAbsent(query.database(), name -> new HashMap<>()).merge(query.user(), 1L, Long::sum);
        if (nowNanos - windowNanos >= TimeUnit.SECONDS.toNanos(1)) {
            windowNanos = nowNanos;
            lines = 0;
            if (unlogged > 0) {
                LOGGER.info("{} slow queries more were not logged", unlogged);
                unlogged = 0;
            }
        }
        if (lines == LINES_PER_SECOND) {
            unlogged++;
            return false;
        }
        lines++;
        return true;
    }

    /** The last ones, the last first. */
    public synchronized List<SlowQuery> read() {
        return new ArrayList<>(last).reversed();
    }

    /** How many there have been in this pool. */
    public synchronized long count(String database, String user) {
        return counts.getOrDefault(database, Map.of()).getOrDefault(user, 0L);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
    }
}
