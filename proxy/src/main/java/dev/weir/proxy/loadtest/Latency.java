package dev.weir.proxy.loadtest;

import org.HdrHistogram.AbstractHistogram;

/// How long something took. All in milliseconds. Immutable.
///
/// @param count how often it was measured; with none all else is 0
public record Latency(
        long count, double mean, double p50, double p90, double p95, double p99, double p999, double max) {

    private static final double MICROS_PER_MILLI = 1000;

    static Latency of(AbstractHistogram micros) {
        return new Latency(
                micros.getTotalCount(),
                micros.getTotalCount() == 0 ? 0 : micros.getMean() / MICROS_PER_MILLI,
                at(micros, 50),
                at(micros, 90),
                at(micros, 95),
                at(micros, 99),
                at(micros, 99.9),
                micros.getMaxValue() / MICROS_PER_MILLI);
    }

    private static double at(AbstractHistogram micros, double percent) {
        return micros.getValueAtPercentile(percent) / MICROS_PER_MILLI;
    }
}
