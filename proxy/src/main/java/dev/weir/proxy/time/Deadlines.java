package dev.weir.proxy.time;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All timeouts of one event loop.
 *
 * <p>Deadlines of equal length stand in one line: whoever is armed later is due later, so a line is ordered by itself and
 * arming is an append. One timer of the event loop waits for the earliest head; it is not cancelled when that head
 * goes away, only found to be early and set again. A query therefore costs pointer moves and no timer.
 */
public final class Deadlines {

    private static final Logger LOGGER = LoggerFactory.getLogger(Deadlines.class);

    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final Map<Duration, Line> lines = new HashMap<>();
    private @Nullable Future<?> timer;
    private long timerAtNanos;

    public Deadlines(EventExecutor loop) {
        this(loop, System::nanoTime);
    }

    Deadlines(EventExecutor loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /**
     * A deadline that runs {@code action} on the loop when {@code length} has passed since it was armed.
     *
     * @return null when {@code length} is zero, which everywhere means "no timeout"
     */
    public @Nullable Deadline create(Duration length, Runnable action) {
        if (length.isZero()) {
            return null;
        }
        return new Deadline(lines.computeIfAbsent(length, Line::new), action);
    }

    /** Milliseconds, rounded up: a deadline never fires early. */
    private static long roundUp(long nanos) {
        return Math.max(1, (nanos + 999_999) / 1_000_000);
    }

    private void setTimer(long atNanos, long nowNanos) {
        if (timer != null) {
            if (timerAtNanos - atNanos <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerAtNanos = atNanos;
        timer = loop.schedule(this::onTimer, roundUp(atNanos - nowNanos), TimeUnit.MILLISECONDS);
    }

    private void onTimer() {
        timer = null;
        long nowNanos = nanoTime.getAsLong();
        for (Line line : lines.values().toArray(new Line[0])) {
            line.fireDue(nowNanos);
        }
        for (Line line : lines.values()) {
            if (line.head != null) {
                setTimer(line.head.atNanos, nowNanos);
            }
        }
    }

    /** Deadlines of one length, earliest first. */
    final class Line {

        private final long lengthNanos;
        private @Nullable Deadline head;
        private @Nullable Deadline tail;

        Line(Duration length) {
            this.lengthNanos = saturatedNanos(length);
        }

        private static long saturatedNanos(Duration length) {
            // Half the range of nanoTime: sums stay comparable by subtraction.
            return length.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE / 4 : length.toNanos();
        }

        void arm(Deadline deadline, long nowNanos) {
            if (deadline.armed) {
                unlink(deadline);
            }
            deadline.armed = true;
            deadline.atNanos = nowNanos + lengthNanos;
            deadline.previous = tail;
            if (tail == null) {
                head = deadline;
                setTimer(deadline.atNanos, nowNanos);
            } else {
                tail.next = deadline;
            }
            tail = deadline;
        }

        void disarm(Deadline deadline) {
            if (deadline.armed) {
                unlink(deadline);
            }
        }

        void fireDue(long nowNanos) {
            for (Deadline due = head; due != null && due.atNanos - nowNanos <= 0; due = head) {
                unlink(due);
                run(due.action);
            }
        }

        /** The failure of one connection must not stop the clocks of all others. */
        private static void run(Runnable action) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOGGER.error("a timeout could not be carried out", e);
            }
        }

        private void unlink(Deadline deadline) {
            Deadline previous = deadline.previous;
            Deadline next = deadline.next;
            if (previous == null) {
                head = next;
            } else {
                previous.next = next;
            }
            if (next == null) {
                tail = previous;
            } else {
                next.previous = previous;
            }
            deadline.previous = null;
            deadline.next = null;
            deadline.armed = false;
        }
    }
}
