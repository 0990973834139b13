package dev.weir.console.advice;

import dev.weir.console.history.PoolName;
import dev.weir.console.history.Reading;
import dev.weir.console.port.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// What each pool was asked in each of the last fifteen minutes. A minute costs a reading. Thread-safe.
public final class DemandHistory {

    /// How long a span is.
    static final Duration SPAN = Duration.ofMinutes(1);

    /// How many spans are kept.
    static final int SPANS = 15;

    /// A first span may be shorter, so that there is something to tell soon.
    private static final Duration SPAN_MIN = Duration.ofSeconds(10);

    private static final double NANOS_PER_SECOND = 1e9;

    /// Levels seen so far in a pool, added up.
    private record Levels(int looks, long busy, long waiting) {
        static final Levels NONE = new Levels(0, 0, 0);

        Levels plus(PoolSnapshot pool) {
            return new Levels(looks + 1, busy + pool.serversBusy(), waiting + pool.clientsWaiting());
        }

        double busyMean() {
            return looks == 0 ? 0 : (double) busy / looks;
        }

        double waitingMean() {
            return looks == 0 ? 0 : (double) waiting / looks;
        }
    }

    /// What was seen between two readings.
    private record Span(Reading begin, Reading end, Map<PoolName, Levels> levels) {}

    private final Deque<Span> spans = new ArrayDeque<>(SPANS);
    private Map<PoolName, Levels> levels = new HashMap<>();
    private Reading begin;
    private Reading latest;

    /// A history without spans.
    ///
    /// @param start from where on things are counted
    public DemandHistory(Reading start) {
        begin = start;
        latest = start;
    }

    /// Takes in another look at the pools.
    ///
    /// @param reading the counters as of now
    /// @param pools as of now
    public synchronized void add(Reading reading, List<PoolSnapshot> pools) {
        for (PoolSnapshot pool : pools) {
            levels.merge(
                    new PoolName(pool.database(), pool.user()), Levels.NONE.plus(pool), (sum, _) -> sum.plus(pool));
        }
        latest = reading;
        if (reading.nanos() - begin.nanos() >= SPAN.toNanos()) {
            if (spans.size() == SPANS) {
                spans.removeFirst();
            }
            spans.addLast(new Span(begin, reading, levels));
            begin = reading;
            levels = new HashMap<>();
        }
    }

    /// What a pool was asked in its busiest minute.
    public synchronized Demand busiest(PoolName pool) {
        Demand busiest = Demand.NONE;
        for (Iterator<Span> each = spans.iterator(); each.hasNext(); ) {
            busiest = busier(busiest, demand(each.next(), pool));
        }
        if (latest.nanos() - begin.nanos() >= SPAN_MIN.toNanos()) {
            busiest = busier(busiest, demand(new Span(begin, latest, levels), pool));
        }
        return busiest;
    }

    /// What a pool was asked in the last minute.
    public synchronized Demand latest(PoolName pool) {
        if (spans.isEmpty() || latest.nanos() - begin.nanos() >= SPAN_MIN.toNanos()) {
            return latest.nanos() - begin.nanos() < SPAN_MIN.toNanos()
                    ? Demand.NONE
                    : demand(new Span(begin, latest, levels), pool);
        }
        return demand(spans.getLast(), pool);
    }

    /// For how long there is something to tell.
    public synchronized Duration covered() {
        Reading first = spans.isEmpty() ? begin : spans.getFirst().begin();
        return Duration.ofNanos(latest.nanos() - first.nanos());
    }

    private static Demand busier(Demand one, Demand other) {
        return other.load() + other.waiting() > one.load() + one.waiting() ? other : one;
    }

    private static Demand demand(Span span, PoolName pool) {
        Reading.Counters counted = span.end().since(span.begin(), pool);
        double seconds = (span.end().nanos() - span.begin().nanos()) / NANOS_PER_SECOND;
        Levels seen = span.levels().getOrDefault(pool, Levels.NONE);
        // Clocks miss what is held between transactions, and looks now and then miss what is short.
        double clocked = counted.transactionTimes().sumNanos() / NANOS_PER_SECOND / seconds;
        return new Demand(
                counted.assignments() / seconds,
                Math.max(clocked, seen.busyMean()),
                seen.waitingMean(),
                counted.waitQuantileNanos(0.95));
    }
}
