package dev.weir.proxy.insight;

import java.util.concurrent.TimeUnit;

/**
 * Chooses which texts to read: all of them as long as they are few, else one of several by chance, so that no rhythm of the
 * clients' is taken for what they do. Confined to an event loop.
 */
final class TextSampling {

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WEIGHT_MAX = 1 << 20;

    private int weight = 1;
    private int drawnWith = 1;
    private int standsFor = 1;
    private int untilNext = 1;
    private long seen;
    private int taken;
    private long windowNanos;
    private long random = 0x9e3779b97f4a7c15L;

    /**
     * Whether to read the next text.
     *
     * @param perSecond how many may be read in a second
     * @param nowNanos about now
     */
    boolean takes(int perSecond, long nowNanos) {
        seen++;
        if (--untilNext > 0) {
            return false;
        }
        taken++;
        standsFor = drawnWith;
        long elapsed = nowNanos - windowNanos;
        if (elapsed >= WINDOW_NANOS) {
            double rate = (double) seen * WINDOW_NANOS / elapsed;
            weight = (int) Math.clamp((long) (rate / perSecond), 1L, WEIGHT_MAX);
            seen = 0;
            taken = 0;
            windowNanos = nowNanos;
        } else if (taken > perSecond && weight < WEIGHT_MAX) {
            weight *= 2;
            taken = 0;
        }
        drawnWith = weight;
        untilNext = gap();
        return true;
    }

    /** From 1 to 2 weight - 1, so weight on the average. */
    private int gap() {
        if (weight == 1) {
            return 1;
        }
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return 1 + (int) ((random >>> 33) % (2L * weight - 1));
    }

    /** How many texts the one that was taken last stands for. */
    int weight() {
        return standsFor;
    }
}
