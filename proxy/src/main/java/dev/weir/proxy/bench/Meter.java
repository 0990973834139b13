package dev.weir.proxy.bench;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what a pooler uses between two moments. Nothing of PostgreSQL itself, nothing where there is no `/proc`.
final class Meter {

    private final long pid;
    private final @Nullable Usage before;
    private @Nullable Usage after;
    private double pss;

    private Meter(long pid, @Nullable Usage before) {
        this.pid = pid;
        this.before = before;
    }

    /// From now on.
    static Meter of(Contestant contestant, Setup setup) throws BenchFailed, InterruptedException {
        return contestant instanceof Pooler pooler ? of(pooler.process(setup).pid()) : new Meter(0, null);
    }

    /// From now on.
    static Meter of(long pid) {
        try {
            return new Meter(pid, Usage.of(pid));
        } catch (IOException _) {
            return new Meter(pid, null);
        }
    }

    /// Until now.
    void stop() {
        if (before != null) {
            try {
                after = Usage.of(pid);
                pss = Usage.pss(pid);
            } catch (IOException _) {
                after = null;
            }
        }
    }

    /// What was used for each of so many things done, and the memory at the end.
    void put(long count, Map<Metric, Double> measured) {
        Usage begin = before;
        Usage end = after;
        if (begin != null && end != null) {
            end.putSince(begin, count, measured);
            measured.put(Metric.PSS, pss);
        }
    }
}
