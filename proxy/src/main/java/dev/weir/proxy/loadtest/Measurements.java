package dev.weir.proxy.loadtest;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Counts what the clients of a load test meet. The clients may call it from any thread; {@link #sample} and {@link
/// #result}
/// belong to one.
final class Measurements {

    private static final int DIGITS = 3;
    private static final long NANOS_PER_MICRO = 1000;
    private static final double NANOS_PER_SECOND = 1e9;
    /** Further kinds of errors are counted together: a message may hold anything. */
    private static final int ERROR_KINDS_MAX = 50;

    private static final String OTHER_ERRORS = "others";

    private final Recorder queries = new Recorder(DIGITS);
    private final Recorder acquisitions = new Recorder(DIGITS);
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger peakConnections = new AtomicInteger();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger peakActive = new AtomicInteger();

    private final Instant began = Instant.now();
    private final Histogram allQueries = new Histogram(DIGITS);
    private final Histogram allAcquisitions = new Histogram(DIGITS);
    private final List<Sample> samples = new ArrayList<>();
    private long failuresSampled;
    private double sampledUntil;

    // ---- what clients meet ----

    void onConnected(long nanos) {
        acquisitions.recordValue(Math.max(nanos, 0) / NANOS_PER_MICRO);
        peak(peakConnections, connections.incrementAndGet());
    }

    void onDisconnected() {
        connections.decrementAndGet();
    }

    void onRequest() {
        peak(peakActive, active.incrementAndGet());
    }

    void onAnswered(long nanos) {
        active.decrementAndGet();
        successes.increment();
        queries.recordValue(Math.max(nanos, 0) / NANOS_PER_MICRO);
    }

    void onFailedRequest(SQLException error) {
        active.decrementAndGet();
        onFailure(error);
    }

    void onFailure(SQLException error) {
        failures.increment();
        String kind = kind(error);
        boolean known = errors.containsKey(kind) || errors.size() < ERROR_KINDS_MAX;
        errors.computeIfAbsent(known ? kind : OTHER_ERRORS, _ -> new LongAdder())
                .increment();
    }

    private static String kind(SQLException error) {
        String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        return error.getSQLState() == null ? message : error.getSQLState() + " " + message;
    }

    private static void peak(AtomicInteger peak, int value) {
        if (value > peak.get()) {
            peak.accumulateAndGet(value, Math::max);
        }
    }

    // ---- what is made of it ----

    /**
     * Takes stock of what was met since the last time.
     *
     * @param nanos since the beginning
     * @param full whether all clients were at work
     */
    Sample sample(long nanos, boolean full) {
        double until = nanos / NANOS_PER_SECOND;
        double length = Math.max(until - sampledUntil, 1e-9);
        Histogram query = queries.getIntervalHistogram();
        Histogram acquisition = acquisitions.getIntervalHistogram();
        allAcquisitions.add(acquisition);
        if (full) {
            allQueries.add(query);
        }
        long failed = failures.sum();
        Sample sample = new Sample(
                until,
                query.getTotalCount() / length,
                failed - failuresSampled,
                connections.get(),
                Latency.of(query),
                Latency.of(acquisition));
        failuresSampled = failed;
        sampledUntil = until;
        samples.add(sample);
        return sample;
    }

    /** All of it; {@code seconds} is how long all clients were at work. */
    LoadResult result(String target, double seconds) {
        if (seconds > 0) {
            allQueries.add(queries.getIntervalHistogram()); // those that were answered late are the slowest
        }
        allAcquisitions.add(acquisitions.getIntervalHistogram());
        Map<String, Long> byCount = new LinkedHashMap<>();
        errors.entrySet().stream()
                .sorted((one, other) ->
                        Long.compare(other.getValue().sum(), one.getValue().sum()))
                .forEach(error -> byCount.put(error.getKey(), error.getValue().sum()));
        return new LoadResult(
                target,
                began,
                seconds,
                allQueries.getTotalCount(),
                successes.sum(),
                failures.sum(),
                byCount,
                peakConnections.get(),
                peakActive.get(),
                Latency.of(allQueries),
                Latency.of(allAcquisitions),
                List.copyOf(samples));
    }
}
