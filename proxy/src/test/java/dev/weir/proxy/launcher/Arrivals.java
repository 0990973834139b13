package dev.weir.proxy.launcher;

import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that come one after the other without a pause, ask one thing and go, until they are told to stop. One thread
/// for each endpoint.
final class Arrivals implements AutoCloseable {

    private final List<Thread> threads;
    private final AtomicInteger served = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    Arrivals(Login login, Endpoint... endpoints) {
        threads = List.of(endpoints).stream()
                .map(endpoint -> Thread.ofPlatform().start(() -> arrive(endpoint, login)))
                .toList();
    }

    private void arrive(Endpoint endpoint, Login login) {
        while (!stopped) {
            try (RawClient client = RawClient.connect(endpoint, login)) {
                if (!client.value("SELECT 42").equals("42")) {
                    throw new AssertionError("a wrong answer");
                }
                served.incrementAndGet();
            } catch (RuntimeException | Error e) {
                failures.add(e);
                return;
            }
        }
    }

    /// How many have been served so far.
    int served() {
        return served.get();
    }

    /// What went wrong; whoever meets an error does not come again.
    List<Throwable> failures() {
        return failures;
    }

    /// Lets nobody come any more, and waits until the last has gone.
    void stop() {
        stopped = true;
        await().atMost(Launcher.PATIENCE).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Override
    public void close() {
        stop();
    }
}
