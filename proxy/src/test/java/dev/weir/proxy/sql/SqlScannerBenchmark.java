package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it takes to find out what a SQL text may do to its session.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class SqlScannerBenchmark {

    /// The text, or for "long" one of 8 KB.
    @Param({
        "SELECT abalance FROM pgbench_accounts WHERE aid = 4711;",
        "/* trace=1 */ INSERT INTO t (a, b) VALUES ($1, 'it''s') RETURNING id",
        "SET LOCAL work_mem = '64MB'",
        "long"
    })
    @SuppressWarnings("NullAway.Init") // JMH or the set-up sets it
    public String text;

    @SuppressWarnings("NullAway.Init") // JMH or the set-up sets it
    private ByteBuf in;

    /// Makes it a message's body, off the heap as those that arrive are.
    @Setup
    public void body() {
        String sql = text.equals("long") ? "SELECT " + "a + 'b' /* c */ * 2, ".repeat(400) + "1" : text;
        in = Unpooled.directBuffer().writeBytes(sql.getBytes(StandardCharsets.UTF_8));
    }

    /// One scan.
    @Benchmark
    public int effects() {
        return SqlScanner.effects(in, 0, in.readableBytes(), SqlDialect.USUAL);
    }
}
