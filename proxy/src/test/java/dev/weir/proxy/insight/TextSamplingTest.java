package dev.weir.proxy.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class TextSamplingTest {

    private static final long SECOND = 1_000_000_000L;

    private final TextSampling sampling = new TextSampling();
    private int taken;
    private long estimated;

    private void offer(int count, long fromNanos, long lengthNanos, int perSecond) {
        for (int i = 0; i < count; i++) {
            if (sampling.takes(perSecond, fromNanos + lengthNanos * i / count)) {
                taken++;
                estimated += sampling.weight();
            }
        }
    }

    @Test
    void fewTextsAreAllRead() {
        for (int second = 1; second <= 5; second++) {
            offer(900, second * SECOND, SECOND, 1000);
        }
        assertThat(taken).isEqualTo(4500);
        assertThat(estimated).isEqualTo(4500);
    }

    @Test
    void ofManyTheRateIsKeptAndTheSumIsRight() {
        for (int second = 1; second <= 20; second++) {
            offer(100_000, second * SECOND, SECOND, 1000);
        }
        assertThat(taken).isBetween(15_000, 30_000);
        assertThat((double) estimated).isCloseTo(2_000_000, within(100_000.0));
    }

    @Test
    void aRhythmIsNotFollowed() {
        long[] counted = new long[5];
        for (int i = 0; i < 2_000_000; i++) {
            if (sampling.takes(1000, SECOND + i * 10_000L)) {
                counted[i % 5] += sampling.weight();
            }
        }
        for (long each : counted) {
            assertThat((double) each).isCloseTo(400_000, within(60_000.0));
        }
    }

    @Test
    void afterALullEverythingIsReadAgain() {
        offer(100_000, SECOND, SECOND, 100);
        offer(2000, 3 * SECOND, 100 * SECOND, 100);
        taken = 0;
        offer(20, 200 * SECOND, SECOND, 100);
        assertThat(taken).isEqualTo(20);
    }
}
