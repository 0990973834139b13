package dev.weir.proxy.bench;

import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// One client copies much data, out of PostgreSQL or into it. Into it means that PostgreSQL reads all of it and keeps
/// nothing, so that no disk is measured.
///
/// @param in which way
/// @param megabytes how much
record CopyWorkload(boolean in, int megabytes) implements Workload {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int ROW_BYTES = 8192;
    private static final int MEGABYTE = 1024 * 1024;
    private static final int ROWS_PER_MEGABYTE = MEGABYTE / ROW_BYTES;
    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public String name() {
        return in ? "copy-in" : "copy-out";
    }

    @Override
    public String title() {
        return "%,d MB by COPY %s".formatted(megabytes, in ? "FROM STDIN" : "TO STDOUT");
    }

    @Override
    public String unit() {
        return "megabyte";
    }

    @Override
    public boolean suits(Contestant contestant) {
        return true;
    }

    @Override
    public void warmUp(Contestant contestant, Duration time) throws BenchFailed, InterruptedException {
        long begun = System.nanoTime();
        try (BareClient client = connect(contestant)) {
            while (contestant instanceof Pooler && System.nanoTime() - begun < time.toNanos()) {
                copy(client, Math.min(megabytes, ROWS_PER_MEGABYTE));
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public Map<Metric, Double> measure(Contestant contestant, Duration window)
            throws BenchFailed, InterruptedException {
        try (BareClient client = connect(contestant)) {
            Map<Metric, Double> measured = new EnumMap<>(Metric.class);
            Meter meter = Meter.of(contestant, Setup.TRUSTING);
            long begun = System.nanoTime();
            copy(client, megabytes);
            double seconds = (System.nanoTime() - begun) / NANOS_PER_SECOND;
            meter.stop();
            measured.put(Metric.RATE, megabytes / seconds);
            meter.put(megabytes, measured);
            return measured;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static BareClient connect(Contestant contestant) throws BenchFailed, InterruptedException, IOException {
        return BareClient.connect(
                contestant.endpoint(Setup.TRUSTING, Databases.USUAL), ByteBuffer.allocateDirect(BUFFER_BYTES));
    }

    private void copy(BareClient client, int amount) throws IOException {
        if (in) {
            client.query("CREATE TEMPORARY TABLE IF NOT EXISTS weir_bench (line text)");
            client.copyIn("COPY weir_bench FROM STDIN WHERE line IS NULL", chunk(), amount);
        } else {
            client.query("COPY (SELECT repeat('x', %d) FROM generate_series(1, %d)) TO STDOUT"
                    .formatted(ROW_BYTES - 1, amount * ROWS_PER_MEGABYTE));
        }
    }

    /// A megabyte of rows, each in a CopyData message of its own.
    private static ByteBuf chunk() {
        ByteBuf chunk = Unpooled.directBuffer();
        byte[] row = ("x".repeat(ROW_BYTES - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < ROWS_PER_MEGABYTE; i++) {
            Messages.copyData(chunk, row);
        }
        return chunk;
    }

    private static BenchFailed failed(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("while copying");
        }
        return new BenchFailed("the copy failed: " + e.getMessage(), e);
    }
}
