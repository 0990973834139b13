package dev.weir.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

/// The server's side of a login by SCRAM: the exchange with keys that are known, and what it takes to derive them.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class ScramBenchmark {

    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final int ITERATIONS = 4096;

    private final byte[] salt = new byte[16];
    private final byte[] password = "a password of the usual length".getBytes(StandardCharsets.UTF_8);
    private final ScramKeys keys = ScramKeys.derive(password, salt, ITERATIONS);

    /// Both sides of an exchange.
    @Benchmark
    public boolean exchange() {
        ScramClient client = new ScramClient(NONCE);
        ScramServer server = new ScramServer(ITERATIONS, salt, "%hvYDpWUa2RaTCAfuxFIlj)hNlF");
        client.onServerFirst(server.onClientFirst(client.clientFirst()));
        server.onClientFinal(client.clientFinal(keys));
        byte[] clientKey = server.verify(keys.storedKey());
        return Arrays.equals(clientKey, keys.clientKey()) && client.onServerFinal(server.serverFinal(keys.serverKey()));
    }

    /// A derivation.
    @Benchmark
    public ScramKeys derive() {
        return ScramKeys.derive(password, salt, ITERATIONS);
    }
}
