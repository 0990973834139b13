package dev.weir.proxy.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class HistogramTest {

    private final Histogram histogram = new Histogram();

    @Test
    void everyDurationFallsIntoTheFirstBucketThatHoldsIt() {
        long[] bounds = Histogram.boundsNanos();
        assertThat(bounds).isSorted().doesNotHaveDuplicates();
        for (int i = 0; i < bounds.length; i++) {
            histogram.record(bounds[i]);
            histogram.record(bounds[i] + 1);
        }
        histogram.record(0);

        long[] expected = new long[bounds.length + 1];
        Arrays.fill(expected, 2);
        expected[bounds.length] = 1;
        assertThat(histogram.counts()).isEqualTo(expected);
        assertThat(histogram.sumNanos()).isEqualTo(2 * Arrays.stream(bounds).sum() + bounds.length);
    }

    @Test
    void countersAddUpAndCopiesAreIndependent() {
        PoolCounters one = new PoolCounters();
        one.queries = 3;
        one.wait.record(5);
        PoolCounters copy = one.copy();
        one.add(copy);
        one.wait.record(7);

        assertThat(one.queries).isEqualTo(6);
        assertThat(one.wait.sumNanos()).isEqualTo(17);
        assertThat(copy.queries).isEqualTo(3);
        assertThat(copy.wait.sumNanos()).isEqualTo(5);
    }

    @Test
    void noCounterIsForgottenWhenAdding() throws IllegalAccessException {
        PoolCounters one = new PoolCounters();
        for (var field : PoolCounters.class.getFields()) {
            if (field.getType() == long.class) {
                field.setLong(one, 1);
            } else {
                ((Histogram) field.get(one)).record(1);
            }
        }
        one.add(one.copy());
        for (var field : PoolCounters.class.getFields()) {
            long value = field.getType() == long.class ? field.getLong(one) : ((Histogram) field.get(one)).sumNanos();
            assertThat(value).as(field.getName()).isEqualTo(2);
        }
    }
}
