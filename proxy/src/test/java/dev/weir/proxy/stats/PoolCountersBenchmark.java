package dev.weir.proxy.stats;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What is counted for a transaction of one query.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class PoolCountersBenchmark {

    private final PoolCounters counters = new PoolCounters();
    private long nanos;

    /// One transaction.
    @Benchmark
    public PoolCounters transaction() {
        nanos = (nanos + 7919) % 2_000_000;
        counters.serverAssignments++;
        counters.queries++;
        counters.transactions++;
        counters.receivedBytes += 60;
        counters.sentBytes += 80;
        counters.queryNanos += nanos;
        counters.transactionNanos += nanos;
        counters.query.record(nanos);
        counters.transaction.record(nanos);
        return counters;
    }

    /// A copy, as SHOW STATS and /metrics take.
    @Benchmark
    public PoolCounters copy() {
        return counters.copy();
    }
}
