package dev.weir.proxy.client;

import dev.weir.proxy.testkit.Frontend;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A prepared statement of a client that is used again, through all of the pooler but its sockets: Bind is written anew
/// with the pooler's name of the statement. The loop and the channels that the test plays are part of the time.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class StatementRewriterBenchmark {

    private final byte[] request =
            Frontend.concat(Frontend.bind("", "mine", "x"), Frontend.execute("", 0), Frontend.sync());
    private final byte[] answer =
            Frontend.concat(ServedClient.BOUND, ServedClient.complete("SELECT 1"), ServedClient.IDLE);

    @SuppressWarnings("NullAway.Init") // JMH or the set-up sets it
    private ServedClient client;

    /// Prepares it.
    @Setup
    public void prepare() {
        client = ServedClient.start();
        client.send(Frontend.parse("mine", "SELECT $1", 25), Frontend.sync())
                .say(ServedClient.PARSED, ServedClient.IDLE);
        client.asked();
        client.heard();
    }

    /// One use.
    @Benchmark
    public int use() {
        client.send(request);
        client.say(answer);
        return client.server().sent().length() + client.heard().length();
    }

    /// Ends the session.
    @TearDown
    public void end() {
        client.close();
    }
}
