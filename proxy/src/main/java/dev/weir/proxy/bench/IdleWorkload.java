package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Clients log in, one after the other, and do nothing: what a pooler that has just been started needs for them.
///
/// @param clients how many
record IdleWorkload(int clients) implements Workload {

    /// Besides those of the clients.
    private static final int OTHER_DESCRIPTORS = 300;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double KB_PER_MB = 1024;
    /// Until a pooler has come to rest.
    private static final Duration REST = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String title() {
        return "%,d clients that do nothing, memory of a pooler that has just been started".formatted(clients);
    }

    @Override
    public String unit() {
        return "login";
    }

    @Override
    public boolean suits(Contestant contestant) {
        return contestant instanceof Pooler;
    }

    @Override
    public void warmUp(Contestant contestant, Duration time) throws BenchFailed {
        // Memory that two processes of a pooler share would count by half.
        ((Pooler) contestant).close();
        Descriptors.require(clients + OTHER_DESCRIPTORS);
    }

    @Override
    public Map<Metric, Double> measure(Contestant contestant, Duration window)
            throws BenchFailed, InterruptedException {
        try (PoolerProcess process = ((Pooler) contestant).start(Setup.TRUSTING)) {
            Map<Metric, Double> measured = new EnumMap<>(Metric.class);
            TimeUnit.NANOSECONDS.sleep(REST.toNanos());
            double resting = Usage.pss(process.pid());
            measured.put(Metric.RESTING, resting);
            List<BareClient> all = new ArrayList<>();
            try {
                Meter meter = Meter.of(process.pid());
                long begun = System.nanoTime();
                connect(process.endpoint(), all);
                double seconds = (System.nanoTime() - begun) / NANOS_PER_SECOND;
                TimeUnit.NANOSECONDS.sleep(REST.toNanos());
                meter.stop();
                measured.put(Metric.RATE, clients / seconds);
                meter.put(clients, measured);
                measured.put(Metric.PER_CLIENT, (Usage.pss(process.pid()) - resting) * KB_PER_MB / clients);
                return measured;
            } finally {
                all.forEach(BareClient::close);
            }
        } catch (IOException e) {
            throw new BenchFailed("%,d clients cannot be idle: %s".formatted(clients, e.getMessage()), e);
        }
    }

    private void connect(Endpoint endpoint, List<BareClient> all) throws IOException, InterruptedException {
        ByteBuffer buffer = BareClient.smallBuffer();
        for (int i = 0; i < clients; i++) {
            all.add(BareClient.connect(endpoint, buffer));
            if (Thread.interrupted()) {
                throw new InterruptedException("while clients log in");
            }
        }
    }
}
