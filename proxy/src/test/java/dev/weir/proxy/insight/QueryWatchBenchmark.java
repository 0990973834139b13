package dev.weir.proxy.insight;

import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.StatementTraits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
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

/// What it costs a query that its statement is counted. Time goes by 20 µs per query, so most texts are not read.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class QueryWatchBenchmark {

    private static final String SQL = "UPDATE pgbench_accounts SET abalance = abalance + -3817 WHERE aid = 91723;";

    private static final class Pool implements QueryWatch.Whose {
        @Override
        public String database() {
            return "shop";
        }

        @Override
        public String user() {
            return "alice";
        }
    }

    private final QueryWatch watch = new QueryWatch();
    private final RunningStatement running = new RunningStatement();
    private final InsightRules rules = new InsightRules(1000, 1000, 1024, false, 1_000_000_000L, false, 0);
    private final Pool pool = new Pool();
    private final ByteBuf text = Unpooled.directBuffer().writeBytes(SQL.getBytes(StandardCharsets.US_ASCII));
    private final PreparedStatement prepared = Objects.requireNonNull(new StatementTexts(() -> 0)
            .acquire(
                    PreparedStatement.Origin.PARSE,
                    (SQL + "\0\0\0").getBytes(StandardCharsets.US_ASCII),
                    SessionSettings.NONE,
                    StatementTraits.of(0, MentionedSettings.NONE)));
    private long nanos;

    /// A text in a simple query.
    @Benchmark
    public RunningStatement simple() {
        nanos += 20_000;
        watch.onQuery(running, rules, pool, text, 0, SQL.length(), SqlDialect.USUAL, nanos);
        watch.onAnswered(running, rules, pool, 700_000, 0, 1_700_000_000_000L);
        return running;
    }

    /// A statement that was prepared by name.
    @Benchmark
    public RunningStatement named() {
        watch.onBind(running, rules, pool, prepared, null, SqlDialect.USUAL, nanos);
        running.onExecute();
        watch.onAnswered(running, rules, pool, 700_000, 0, 1_700_000_000_000L);
        return running;
    }

    /// A text that is read.
    @Benchmark
    public RunningStatement read() {
        nanos += 2_000_000;
        return simple();
    }
}
