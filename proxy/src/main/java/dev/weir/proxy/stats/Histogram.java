package dev.weir.proxy.stats;

/**
 * Counts of durations in buckets of fixed bounds, written by one event loop and copied on it.
 *
 * <p>The bounds run from 100 µs to 60 s, about three a decade: enough to tell a busy pool from a stuck one, few enough for
 * every (database, user) to have its own series.
 */
public final class Histogram {

    /** Upper bounds in nanoseconds, ascending; what is longer counts only in the total. */
    private static final long[] BOUNDS_NANOS = {
        100_000L,
        250_000L,
        500_000L,
        1_000_000L,
        2_500_000L,
        5_000_000L,
        10_000_000L,
        25_000_000L,
        50_000_000L,
        100_000_000L,
        250_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L,
        30_000_000_000L,
        60_000_000_000L,
    };

    private final long[] counts = new long[BOUNDS_NANOS.length + 1];
    private long sumNanos;

    /** The bounds, for whoever renders a copy. */
    public static long[] boundsNanos() {
        return BOUNDS_NANOS.clone();
    }

    /** Counts one duration. */
    public void record(long nanos) {
        record(nanos, 1);
    }

    /** Counts so many durations of this length. */
    public void record(long nanos, long count) {
        int bucket = 0;
        while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
            bucket++;
        }
        counts[bucket] += count;
        sumNanos += nanos * count;
    }

    /** Adds all that {@code other} counted. */
    public void add(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        sumNanos += other.sumNanos;
    }

    /** Counts per bucket, not cumulated; the last is "longer than every bound". */
    public long[] counts() {
        return counts.clone();
    }

    /** Sum of all durations. */
    public long sumNanos() {
        return sumNanos;
    }
}
