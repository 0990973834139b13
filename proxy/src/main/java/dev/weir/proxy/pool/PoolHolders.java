package dev.weir.proxy.pool;

import dev.weir.proxy.net.Worker;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How many clients keep servers of a pool by being silent within a transaction: what each event loop has found when it looked
 * last. Thread-safe.
 */
public final class PoolHolders {

    /**
     * What was found.
     *
     * @param idleInTransaction how many clients
     * @param leaking how many of them for too long
     * @param sinceNanos since when the first of them is silent, {@link System#nanoTime()}; 0 if there is none
     * @param who what it calls itself; empty if there is none
     */
    public record Found(int idleInTransaction, int leaking, long sinceNanos, String who) {

        /** Nobody. */
        public static final Found NOBODY = new Found(0, 0, 0, "");

        Found plus(Found other) {
            if (idleInTransaction == 0 || other.idleInTransaction == 0) {
                return idleInTransaction == 0 ? other : this;
            }
            Found older = other.sinceNanos - sinceNanos < 0 ? other : this;
            return new Found(
                    idleInTransaction + other.idleInTransaction, leaking + other.leaking, older.sinceNanos, older.who);
        }
    }

    private final AtomicReferenceArray<Found> byLoop;

    PoolHolders(int loops) {
        Found[] found = new Found[loops];
        Arrays.fill(found, Found.NOBODY);
        byLoop = new AtomicReferenceArray<>(found);
    }

    /** A loop has looked. */
    public void found(Worker worker, Found now) {
        byLoop.set(worker.index(), now);
    }

    /** What all loops have found. */
    public Found total() {
        Found total = Found.NOBODY;
        for (int i = 0; i < byLoop.length(); i++) {
            total = total.plus(byLoop.get(i));
        }
        return total;
    }

    /** What all other loops have found, and {@code now} on this one. */
    public Found total(Worker worker, Found now) {
        Found total = now;
        for (int i = 0; i < byLoop.length(); i++) {
            total = i == worker.index() ? total : total.plus(byLoop.get(i));
        }
        return total;
    }
}
