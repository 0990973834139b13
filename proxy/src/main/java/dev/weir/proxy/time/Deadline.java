package dev.weir.proxy.time;

import org.jspecify.annotations.Nullable;

/**
 * One armed or idle timeout of one connection: a node that its owner keeps for life, so arming it allocates nothing.
 *
 * <p>Confined to the event loop of the {@link Deadlines} it came from.
 */
public final class Deadline {

    final Deadlines.Line line;
    final Runnable action;
    long atNanos;
    boolean armed;

    @Nullable
    Deadline previous;

    @Nullable
    Deadline next;

    Deadline(Deadlines.Line line, Runnable action) {
        this.line = line;
        this.action = action;
    }

    /** Starts the clock at {@code nowNanos} ({@link System#nanoTime()}); an armed deadline starts over. */
    public void arm(long nowNanos) {
        line.arm(this, nowNanos);
    }

    /** Stops the clock; does nothing when it does not run. */
    public void disarm() {
        line.disarm(this);
    }

    /** Whether the clock runs. */
    public boolean isArmed() {
        return armed;
    }
}
