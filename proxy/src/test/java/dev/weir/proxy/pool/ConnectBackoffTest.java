package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ConnectBackoffTest {

    private static final long MILLI = 1_000_000;
    private static final long CEILING = 1_000 * MILLI;

    private final ConnectBackoff backoff = new ConnectBackoff();
    private long nowNanos = -5;

    @Test
    void pausesDoubleUpToTheCeilingWithSomeJitter() {
        assertThat(backoff.remainingNanos(nowNanos)).isZero();
        for (long pause : new long[] {50, 100, 200, 400, 800, 1000, 1000}) {
            backoff.onFailure(nowNanos, CEILING);
            long remaining = backoff.remainingNanos(nowNanos);
            assertThat(remaining).isBetween(pause * MILLI * 4 / 5, pause * MILLI);
            assertThat(backoff.remainingNanos(nowNanos + remaining - 1)).isEqualTo(1);
            nowNanos += remaining;
            assertThat(backoff.remainingNanos(nowNanos)).isZero();
        }
    }

    @Test
    void attemptsThatFailTogetherCountOnce() {
        backoff.onFailure(nowNanos, CEILING);
        backoff.onFailure(nowNanos + MILLI, CEILING);
        backoff.onFailure(nowNanos + 2 * MILLI, CEILING);

        assertThat(backoff.remainingNanos(nowNanos)).isLessThanOrEqualTo(50 * MILLI);
    }

    @Test
    void successEndsThePause() {
        backoff.onFailure(nowNanos, CEILING);
        backoff.onSuccess();
        assertThat(backoff.remainingNanos(nowNanos)).isZero();

        backoff.onFailure(nowNanos, CEILING);
        assertThat(backoff.remainingNanos(nowNanos)).isBetween(40 * MILLI, 50 * MILLI);
    }

    @Test
    void aCeilingBelowTheFirstPauseHolds() {
        backoff.onFailure(nowNanos, 10 * MILLI);
        assertThat(backoff.remainingNanos(nowNanos)).isBetween(8 * MILLI, 10 * MILLI);
    }
}
