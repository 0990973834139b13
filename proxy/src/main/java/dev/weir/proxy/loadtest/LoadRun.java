package dev.weir.proxy.loadtest;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One load test of one target. Used once; {@link #stop} may be called from another thread.
 */
public final class LoadRun {

    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long the last requests may take before their connections are cut. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LoadTarget target;
    private final LoadPlan plan;
    private final Consumer<Sample> listener;
    private final Measurements measurements = new Measurements();
    private final List<LoadClient> clients = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param listener is told each second */
    public LoadRun(LoadTarget target, LoadPlan plan, Consumer<Sample> listener) {
        this.target = target;
        this.plan = plan;
        this.listener = listener;
    }

    /** Ends it before its time; what has been met until then is its result. */
    public void stop() {
        stopped.countDown();
    }

    /** Runs it to its end. Blocks. */
    public LoadResult run() throws InterruptedException {
        warmUp();
        long beginNanos = System.nanoTime();
        long fullNanos = beginNanos + plan.rampUp().toNanos();
        long endNanos = fullNanos + plan.duration().toNanos();
        SplittableRandom random = new SplittableRandom();
        for (int i = 0; i < plan.clients(); i++) {
            long start = beginNanos + plan.rampUp().toNanos() / plan.clients() * i;
            clients.add(new LoadClient(target, plan, measurements, random.split(), start, endNanos));
        }
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            clients.forEach(threads::execute);
            threads.shutdown();
            double seconds = watch(beginNanos, fullNanos, endNanos);
            clients.forEach(LoadClient::stop);
            if (!threads.awaitTermination(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                clients.forEach(LoadClient::abort);
                threads.awaitTermination(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
            }
            return measurements.result(target.label(), seconds);
        } finally {
            threads.shutdownNow();
            clients.forEach(LoadClient::abort);
            threads.awaitTermination(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** What the first connection of a process costs is not the target's doing. */
    private void warmUp() {
        try (Connection connection = target.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException _) {
            // the clients will be told as well
        }
    }

    /** Takes stock each second; returns for how many all clients were at work. */
    private double watch(long beginNanos, long fullNanos, long endNanos) throws InterruptedException {
        long now = beginNanos;
        boolean full = !plan.rampUp().isPositive();
        while (stopped.getCount() > 0 && now - endNanos < 0) {
            long next = Math.min(now + SAMPLE_NANOS, endNanos);
            if (!full && next - fullNanos > 0) {
                next = fullNanos; // samples are of the one time or of the other
            }
            waitUntil(next);
            now = System.nanoTime();
            listener.accept(measurements.sample(now - beginNanos, full));
            full = now - fullNanos >= 0;
        }
        return Math.max(now - fullNanos, 0) / 1e9;
    }

    private void waitUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            stopped.await(left, TimeUnit.NANOSECONDS);
        }
    }
}
