package dev.weir.proxy.bench;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// A pooler is started and loaded at once: how soon it serves, and how fast while it is new. The process is not used
/// for anything else.
///
/// @param load the workload that loads it
record StartWorkload(PgbenchWorkload load) implements Workload {

    private static final Duration FIRST = Duration.ofSeconds(10);
    /// Between the first seconds and those that count as warm.
    private static final Duration WARMING = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String title() {
        return "a pooler that has just been started, " + load.title();
    }

    @Override
    public String unit() {
        return load.unit();
    }

    @Override
    public boolean suits(Contestant contestant) {
        return contestant instanceof Pooler;
    }

    @Override
    public void warmUp(Contestant contestant, Duration time) {
        // It is the cold one that counts.
    }

    @Override
    public Map<Metric, Double> measure(Contestant contestant, Duration window)
            throws BenchFailed, InterruptedException {
        try (PoolerProcess process = ((Pooler) contestant).start(Setup.PLAIN)) {
            Map<Metric, Double> measured = new EnumMap<>(Metric.class);
            measured.put(Metric.FIRST_QUERY, process.firstQuery().toNanos() / 1e6);
            double first = load.rate(process.endpoint(), FIRST);
            load.rate(process.endpoint(), WARMING);
            double warm = load.rate(process.endpoint(), FIRST);
            measured.put(Metric.FIRST_RATE, first);
            measured.put(Metric.FIRST_SHARE, first / warm);
            return measured;
        }
    }
}
