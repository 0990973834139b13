package dev.weir.proxy.time;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One clock that is set for different lengths and purposes, one after the other. Confined to an event loop. */
public final class Countdown {

    private final Supplier<Deadlines> deadlines;
    private @Nullable Deadline running;

    /** @param deadlines those of the event loop that the owner lives on now */
    public Countdown(Supplier<Deadlines> deadlines) {
        this.deadlines = deadlines;
    }

    /** Runs {@code action} after {@code length}, unless it is stopped or set anew before; zero means never. */
    public void start(Duration length, Runnable action) {
        stop();
        running = deadlines.get().create(length, action);
        if (running != null) {
            running.arm(System.nanoTime());
        }
    }

    public void stop() {
        if (running != null) {
            running.disarm();
            running = null;
        }
    }
}
