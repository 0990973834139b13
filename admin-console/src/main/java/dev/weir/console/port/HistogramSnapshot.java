package dev.weir.console.port;

import java.util.Arrays;

/// How often durations fell between fixed bounds. Immutable.
public final class HistogramSnapshot {

    /// A histogram of nothing, with a single bucket without an upper bound.
    public static final HistogramSnapshot EMPTY = new HistogramSnapshot(new long[0], new long[1], 0);

    private final long[] upperBoundsNanos;
    private final long[] counts;
    private final long sumNanos;

    private HistogramSnapshot(long[] upperBoundsNanos, long[] counts, long sumNanos) {
        this.upperBoundsNanos = upperBoundsNanos;
        this.counts = counts;
        this.sumNanos = sumNanos;
    }

    /// Copies its arguments.
    ///
    /// @param upperBoundsNanos inclusive upper bounds, strictly ascending
    /// @param counts how many durations fell into each bucket (not cumulative); one more than there are bounds, the
    ///     last for what lies above all of them
    /// @param sumNanos all durations together
    public static HistogramSnapshot of(long[] upperBoundsNanos, long[] counts, long sumNanos) {
        if (counts.length != upperBoundsNanos.length + 1) {
            throw new IllegalArgumentException(
                    counts.length + " counts do not fit " + upperBoundsNanos.length + " bounds");
        }
        for (int i = 1; i < upperBoundsNanos.length; i++) {
            if (upperBoundsNanos[i - 1] >= upperBoundsNanos[i]) {
                throw new IllegalArgumentException("bounds do not ascend at " + i);
            }
        }
        return new HistogramSnapshot(upperBoundsNanos.clone(), counts.clone(), sumNanos);
    }

    /// Number of buckets, the last one without an upper bound.
    public int buckets() {
        return counts.length;
    }

    /// Inclusive upper bound of a bucket; [Long#MAX_VALUE] for the last.
    public long upperBoundNanos(int bucket) {
        return bucket == upperBoundsNanos.length ? Long.MAX_VALUE : upperBoundsNanos[bucket];
    }

    /// How many durations fell into a bucket.
    public long count(int bucket) {
        return counts[bucket];
    }

    /// How many durations there are in all.
    public long total() {
        return Arrays.stream(counts).sum();
    }

    /// All durations together.
    public long sumNanos() {
        return sumNanos;
    }

    /// This and another histogram over the same bounds added up; either may be [#EMPTY].
    public HistogramSnapshot plus(HistogramSnapshot other) {
        if (isEmpty()) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        if (!Arrays.equals(upperBoundsNanos, other.upperBoundsNanos)) {
            throw new IllegalArgumentException("histograms with different bounds cannot be added");
        }
        long[] sums = counts.clone();
        Arrays.setAll(sums, i -> sums[i] + other.counts[i]);
        return new HistogramSnapshot(upperBoundsNanos, sums, sumNanos + other.sumNanos);
    }

    /// What was counted since an earlier reading over the same bounds, which may be [#EMPTY].
    public HistogramSnapshot minus(HistogramSnapshot earlier) {
        if (earlier.isEmpty()) {
            return this;
        }
        if (!Arrays.equals(upperBoundsNanos, earlier.upperBoundsNanos)) {
            throw new IllegalArgumentException("histograms with different bounds cannot be told apart");
        }
        long[] differences = counts.clone();
        Arrays.setAll(differences, i -> Math.max(0, differences[i] - earlier.counts[i]));
        return new HistogramSnapshot(upperBoundsNanos, differences, Math.max(0, sumNanos - earlier.sumNanos));
    }

    /// How long that share of all durations took at most, estimated within its bucket; what lies above all bounds
    /// counts as
    /// the highest of them. 0 when there are none.
    ///
    /// @param share from 0 to 1
    /// @param zeros so many durations of nothing are to be counted in
    public long quantileNanos(double share, long zeros) {
        double rank = share * (total() + zeros) - zeros;
        if (rank <= 0) {
            return 0;
        }
        long lower = 0;
        for (int i = 0; i < upperBoundsNanos.length; i++) {
            if (counts[i] > 0 && rank <= counts[i]) {
                return lower + Math.round((upperBoundsNanos[i] - lower) * (rank / counts[i]));
            }
            rank -= counts[i];
            lower = upperBoundsNanos[i];
        }
        return lower;
    }

    private boolean isEmpty() {
        return upperBoundsNanos.length == 0 && total() == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HistogramSnapshot that
                && sumNanos == that.sumNanos
                && Arrays.equals(upperBoundsNanos, that.upperBoundsNanos)
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(counts) + Long.hashCode(sumNanos);
    }

    @Override
    public String toString() {
        return "HistogramSnapshot[" + total() + " durations, " + sumNanos + " ns]";
    }
}
