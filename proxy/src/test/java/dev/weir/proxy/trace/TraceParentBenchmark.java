package dev.weir.proxy.trace;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs a text to be looked at for a `traceparent`.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class TraceParentBenchmark {

    private static final String SQL = "UPDATE pgbench_accounts SET abalance = abalance + -3817 WHERE aid = 91723";

    private final ByteBuf bare = text(SQL);
    private final ByteBuf tagged = text(SQL + " /*action='show',controller='accounts',framework='rails'*/");
    private final ByteBuf traced =
            text(SQL + " /*action='show',traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/");

    private static ByteBuf text(String sql) {
        return Unpooled.directBuffer().writeBytes(sql.getBytes(StandardCharsets.US_ASCII));
    }

    @Benchmark
    public @Nullable TraceContext withoutComments() {
        return TraceParent.in(bare, 0, bare.writerIndex());
    }

    @Benchmark
    public @Nullable TraceContext withAnotherComment() {
        return TraceParent.in(tagged, 0, tagged.writerIndex());
    }

    @Benchmark
    public @Nullable TraceContext withTraceparent() {
        return TraceParent.in(traced, 0, traced.writerIndex());
    }
}
