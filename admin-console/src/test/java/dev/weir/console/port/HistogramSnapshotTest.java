package dev.weir.console.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HistogramSnapshotTest {

    private static HistogramSnapshot of(long... counts) {
        return HistogramSnapshot.of(new long[] {10, 100, 1000}, counts, 0);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0, 55", "0.25, 0, 10", "1, 0, 1000", "0.5, 4, 0", "0.75, 4, 55", "0.95, 4, 640"})
    void estimatesWithinABucket(double share, long zeros, long expected) {
        assertThat(of(1, 2, 1, 0).quantileNanos(share, zeros)).isEqualTo(expected);
    }

    @Test
    void whatIsAboveAllBoundsCountsAsTheHighest() {
        assertThat(of(0, 0, 0, 5).quantileNanos(0.5, 0)).isEqualTo(1000);
        assertThat(of(0, 0, 0, 0).quantileNanos(0.5, 0)).isZero();
        assertThat(HistogramSnapshot.EMPTY.quantileNanos(0.99, 7)).isZero();
    }

    @Test
    void tellsWhatHasComeSince() {
        assertThat(of(3, 4, 5, 6).minus(of(1, 1, 1, 1))).isEqualTo(of(2, 3, 4, 5));
        assertThat(of(3, 4, 5, 6).minus(HistogramSnapshot.EMPTY)).isEqualTo(of(3, 4, 5, 6));
    }
}
