package dev.weir.proxy.time;

/** What time it was, of a moment that was noted by the cheaper clock. */
public final class WallClock {

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private WallClock() {}

    /**
     * Milliseconds since the epoch.
     *
     * @param nanos {@link System#nanoTime()} of the moment
     */
    public static long millis(long nanos) {
        return System.currentTimeMillis() - (System.nanoTime() - nanos) / NANOS_PER_MILLI;
    }
}
