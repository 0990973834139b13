package dev.weir.proxy.pool;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to leave a server alone after it could not be reached: doubling from 50 ms up to a ceiling, with jitter so that
 * pools and poolers do not knock in step. One per pool; synchronized, touched only when connections fail or succeed.
 */
final class ConnectBackoff {

    private static final long FIRST_NANOS = 50_000_000L;

    private long delayNanos;
    private long notBeforeNanos;

    /** Doubles the pause. */
    synchronized void onFailure(long nowNanos, long ceilingNanos) {
        if (delayNanos > 0 && nowNanos - notBeforeNanos < 0) {
            return; // several attempts under way failed together: one failure
        }
        delayNanos = Math.min(Math.max(delayNanos * 2, FIRST_NANOS), Math.max(ceilingNanos, 1));
        long jitter = delayNanos / 5;
        notBeforeNanos = nowNanos + delayNanos - ThreadLocalRandom.current().nextLong(jitter + 1);
    }

    synchronized void onSuccess() {
        delayNanos = 0;
    }

    /** Nanoseconds until the next attempt may start; 0 for now. */
    synchronized long remainingNanos(long nowNanos) {
        return delayNanos == 0 ? 0 : Math.max(0, notBeforeNanos - nowNanos);
    }
}
