package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A pooler that runs.
///
/// @param process it
/// @param endpoint where it takes clients
/// @param firstQuery how long it took from its start until it had answered its first client
record PoolerProcess(GuardedProcess process, Endpoint endpoint, Duration firstQuery) implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 2;

    /// Asks it until it answers.
    ///
    /// @param begun when it was started, as of [System#nanoTime]
    static PoolerProcess await(String label, GuardedProcess process, Endpoint endpoint, long begun)
            throws BenchFailed, InterruptedException {
        ByteBuffer buffer = BareClient.smallBuffer();
        String reason = "it does not answer";
        while (process.isAlive() && System.nanoTime() - begun < START.toNanos()) {
            try (BareClient client = BareClient.connect(endpoint, buffer)) {
                client.query("SELECT 1");
                return new PoolerProcess(process, endpoint, Duration.ofNanos(System.nanoTime() - begun));
            } catch (IOException e) {
                reason = String.valueOf(e.getMessage());
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        String lastWords = process.lastWords();
        process.close();
        throw new BenchFailed("%s cannot be used: %s%n  %s".formatted(label, reason, lastWords));
    }

    /// The pooler's process.
    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
