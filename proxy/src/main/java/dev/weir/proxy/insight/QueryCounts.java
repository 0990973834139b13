package dev.weir.proxy.insight;

import dev.weir.proxy.stats.Histogram;
import dev.weir.proxy.time.WallClock;
import org.jspecify.annotations.Nullable;

/**
 * What the executions of one statement have cost in one pool. Confined to an event loop, of which a reader gets a {@link
 * #copy}; times are nanoseconds.
 */
public final class QueryCounts {

    private final String database;
    private final String user;
    private final long fingerprint;
    private final String text;
    private final Histogram times = new Histogram();
    private long calls;
    private long errors;
    private long rows;
    private long receivedBytes;
    private long sentBytes;
    private long waitNanos;
    private long maxNanos;
    private long firstNanos;
    private long lastNanos;

    /** It was executed since {@link QueryTable} last looked, and not for the first time. */
    boolean used;

    @Nullable
    QueryCounts next;

    QueryCounts(String database, String user, long fingerprint, String text) {
        this.database = database;
        this.user = user;
        this.fingerprint = fingerprint;
        this.text = text;
    }

    boolean isOf(String otherDatabase, String otherUser, long otherFingerprint) {
        return fingerprint == otherFingerprint && user.equals(otherUser) && database.equals(otherDatabase);
    }

    /**
     * Adds executions.
     *
     * @param servedNanos how long they took together
     * @param startNanos {@link System#nanoTime()} of the beginning
     * @param weight how many such executions each of them stands for
     */
    void add(int executions, long servedNanos, long waitedNanos, long startNanos, int weight) {
        long each = servedNanos / executions;
        used |= calls > 0;
        span(startNanos, startNanos);
        calls += (long) executions * weight;
        waitNanos += waitedNanos * weight;
        times.record(each, (long) executions * weight);
        maxNanos = Math.max(maxNanos, each);
    }

    /** What came of the executions that were added. */
    void addWork(int failed, long rowCount, long received, long sent, int weight) {
        errors += (long) failed * weight;
        rows += rowCount * weight;
        receivedBytes += received * weight;
        sentBytes += sent * weight;
    }

    private void span(long first, long last) {
        firstNanos = calls == 0 || first - firstNanos < 0 ? first : firstNanos;
        lastNanos = calls == 0 || last - lastNanos > 0 ? last : lastNanos;
    }

    /** An independent copy. */
    public QueryCounts copy() {
        return plus(new QueryCounts(database, user, fingerprint, text));
    }

    /** Both together; neither is changed. */
    public QueryCounts plus(QueryCounts other) {
        QueryCounts sum = new QueryCounts(database, user, fingerprint, text);
        sum.include(this);
        sum.include(other);
        return sum;
    }

    private void include(QueryCounts other) {
        if (other.calls > 0) {
            span(other.firstNanos, other.lastNanos);
        }
        calls += other.calls;
        errors += other.errors;
        rows += other.rows;
        receivedBytes += other.receivedBytes;
        sentBytes += other.sentBytes;
        waitNanos += other.waitNanos;
        times.add(other.times);
        maxNanos = Math.max(maxNanos, other.maxNanos);
    }

    /** What tells it from all others. */
    public Key key() {
        return new Key(database, user, fingerprint);
    }

    /** A statement in a pool. */
    public record Key(String database, String user, long fingerprint) {}

    /** Its text without constants, cut short perhaps. */
    public String text() {
        return text;
    }

    /** How often it was executed. */
    public long calls() {
        return calls;
    }

    public long errors() {
        return errors;
    }

    public long rows() {
        return rows;
    }

    /** Bytes that servers got. */
    public long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes that servers answered. */
    public long sentBytes() {
        return sentBytes;
    }

    /** Time in line for a server. */
    public long waitNanos() {
        return waitNanos;
    }

    /** Times that executions took a server. */
    public Histogram times() {
        return times;
    }

    /** The longest of them. */
    public long maxNanos() {
        return maxNanos;
    }

    /** Wall clock of the first execution. */
    public long firstMillis() {
        return WallClock.millis(firstNanos);
    }

    /** Wall clock of the last execution. */
    public long lastMillis() {
        return WallClock.millis(lastNanos);
    }
}
