package dev.weir.proxy.log;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Writes lines on a thread of its own, each as soon as it comes, so that a slow disk or a stuck syslog holds up no
/// event loop. Lines that find the queue full are counted, and the count is logged.
///
/// Threads: [#write], [#reopen] and [#close] may be called by any.
final class LogWriter implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /// What the thread finds in its queue.
    private sealed interface Item {
        /// A line to write.
        record Line(LogLine line) implements Item {}

        /// Other targets from here on.
        record Targets(Supplier<List<LogTarget>> open) implements Item {}

        /// The last item.
        record End() implements Item {}
    }

    private final BlockingQueue<Item> queue;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private List<LogTarget> targets;

    LogWriter(List<LogTarget> targets, int queueLength) {
        this.targets = targets;
        queue = new ArrayBlockingQueue<>(queueLength);
        thread = Thread.ofPlatform().name("log").daemon().start(this::run);
    }

    /// Queues a line; never waits.
    void write(LogLine line) {
        if (!queue.offer(new Item.Line(line))) {
            dropped.incrementAndGet();
        }
    }

    /// Closes the targets after what was logged so far and opens others. Waits while the queue is full.
    void reopen(Supplier<List<LogTarget>> open) {
        putOrGiveUp(new Item.Targets(open));
    }

    /// Writes what is queued, for a bounded time, and closes the targets.
    @Override
    public void close() {
        putOrGiveUp(new Item.End());
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void putOrGiveUp(Item item) {
        try {
            boolean queued = queue.offer(item, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (!queued) {
                dropped.incrementAndGet();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean open = true;
        while (open) {
            try {
                open = handle(queue.take());
            } catch (InterruptedException _) {
                open = false;
            } catch (RuntimeException _) {
                // A target that breaks its promise loses this line and not the log.
                dropped.incrementAndGet();
            }
        }
        targets.forEach(LogTarget::close);
    }

    private boolean handle(Item item) {
        switch (item) {
            case Item.Line(LogLine line) -> {
                tellDropped(line.instant());
                writeNow(line);
            }
            case Item.Targets(var open) -> {
                targets.forEach(LogTarget::close);
                targets = List.of();
                targets = open.get();
            }
            case Item.End() -> {
                tellDropped(Instant.now());
                return false;
            }
        }
        return true;
    }

    private void tellDropped(Instant now) {
        long count = dropped.getAndSet(0);
        if (count > 0) {
            writeNow(new LogLine(now, Severity.WARNING, count + " log lines dropped: the log cannot keep up"));
        }
    }

    private void writeNow(LogLine line) {
        for (LogTarget target : targets) {
            target.write(line);
        }
    }
}
