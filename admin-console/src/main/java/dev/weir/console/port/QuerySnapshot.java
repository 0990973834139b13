package dev.weir.console.port;

import java.util.Comparator;
import java.util.Locale;

/// What the executions of one statement have cost in one pool, since it began to be counted.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param fingerprint a number for the statement; the same for all texts that differ in constants only
/// @param text the statement with `$1`, `$2` … in place of its constants, cut short perhaps
/// @param calls how often it was executed; estimated where texts are sampled, like all that follows
/// @param errors how many errors PostgreSQL has answered with
/// @param rows rows sent or changed
/// @param receivedBytes message bytes that servers got
/// @param sentBytes message bytes that servers sent
/// @param waitNanos time in line for a server
/// @param times times that executions took a server
/// @param maxNanos the longest of them
/// @param firstEpochMicros when the first began, in microseconds since 1970
/// @param lastEpochMicros when the last began
public record QuerySnapshot(
        String database,
        String user,
        long fingerprint,
        String text,
        long calls,
        long errors,
        long rows,
        long receivedBytes,
        long sentBytes,
        long waitNanos,
        HistogramSnapshot times,
        long maxNanos,
        long firstEpochMicros,
        long lastEpochMicros) {

    /// The order in which operators want to read them.
    public static final Comparator<QuerySnapshot> MOST_TIME_FIRST = Comparator.comparingLong(QuerySnapshot::totalNanos)
            .reversed()
            .thenComparing(QuerySnapshot::database)
            .thenComparing(QuerySnapshot::user)
            .thenComparingLong(QuerySnapshot::fingerprint);

    /// How long all executions together took a server.
    public long totalNanos() {
        return times.sumNanos();
    }

    /// How long one took on the average.
    public long meanNanos() {
        return calls == 0 ? 0 : totalNanos() / calls;
    }

    /// How long 95 of 100 took at most, estimated.
    public long p95Nanos() {
        return Math.min(times.quantileNanos(0.95, 0), maxNanos);
    }

    /// The number as operators see it: 16 hexadecimal digits.
    public String id() {
        return String.format(Locale.ROOT, "%016x", fingerprint);
    }
}
