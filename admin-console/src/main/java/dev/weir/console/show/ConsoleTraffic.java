package dev.weir.console.show;

import java.util.concurrent.atomic.AtomicLong;

/// Counts what console sessions ask, for the row of the virtual database. Thread-safe.
public final class ConsoleTraffic {

    private final AtomicLong commands = new AtomicLong();

    /// One more command was carried out.
    public void commandExecuted() {
        commands.incrementAndGet();
    }

    /// Commands carried out since the process started.
    public long commands() {
        return commands.get();
    }

    DatabaseTotals totals() {
        long count = commands();
        return new DatabaseTotals(0, count, count, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
