package dev.weir.proxy.bench;

import java.time.Duration;
import java.util.Map;

/// Something to do through each contestant alike.
interface Workload {

    /// By which the command line chooses it.
    String name();

    /// What it does, on a line.
    String title();

    /// What is counted, in the singular.
    String unit();

    /// Whether it makes sense there.
    boolean suits(Contestant contestant);

    /// Loads it for some time before the first round.
    ///
    /// @throws BenchFailed if it cannot be done there; there will be no round then
    void warmUp(Contestant contestant, Duration time) throws BenchFailed, InterruptedException;

    /// One round.
    ///
    /// @param window how long
    /// @throws BenchFailed if it cannot be done there
    Map<Metric, Double> measure(Contestant contestant, Duration window) throws BenchFailed, InterruptedException;

    /// Whether what a pooler adds to PostgreSQL's own latency is to be told: where nobody waits for anybody else.
    default boolean tellsAddedLatency() {
        return false;
    }

    /// How often the pooler calls the kernel for each of what is counted; nothing where that cannot be told.
    ///
    /// @param counter counts the calls of a process
    default Map<Metric, Double> countSyscalls(Pooler pooler, SyscallCounter counter)
            throws BenchFailed, InterruptedException {
        return Map.of();
    }
}
