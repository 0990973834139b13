package dev.weir.proxy.time;

import java.time.Instant;

/** What time it was, of a moment that was noted by the cheaper clock. */
public final class WallClock {

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private WallClock() {}

    /**
     * Nanoseconds since the epoch.
     *
     * @param nanos {@link System#nanoTime()} of the moment
     */
    public static long epochNanos(long nanos) {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - (System.nanoTime() - nanos);
    }

    /**
     * Milliseconds since the epoch.
     *
     * @param nanos {@link System#nanoTime()} of the moment
     */
    public static long millis(long nanos) {
        return System.currentTimeMillis() - (System.nanoTime() - nanos) / NANOS_PER_MILLI;
    }
}
