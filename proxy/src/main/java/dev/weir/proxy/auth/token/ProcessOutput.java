package dev.weir.proxy.auth.token;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a process prints, read as it comes so that the process never waits for us. Thread-safe.
final class ProcessOutput {
    /// Who runs on behind a process that has ended may hold its output open for ever; what the process itself has
    /// printed is in the pipe by then.
    private static final long GRACE_MILLIS = 500;

    private final int maxBytes;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);

    /// Begins to read.
    ///
    /// @param maxBytes how many bytes to keep; more are read and dropped
    ProcessOutput(InputStream stream, int maxBytes) {
        this.maxBytes = maxBytes;
        Thread.ofVirtual().start(() -> read(stream));
    }

    private void read(InputStream stream) {
        byte[] chunk = new byte[4_096];
        try (stream) {
            for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
                synchronized (kept) {
                    kept.write(chunk, 0, Math.min(length, maxBytes - kept.size()));
                }
            }
        } catch (IOException _) {
            // killed: what there is has been kept
        } finally {
            ended.countDown();
        }
    }

    /// What has been printed, after the process has ended.
    byte[] afterEnd() throws InterruptedException {
        boolean ignored = ended.await(GRACE_MILLIS, TimeUnit.MILLISECONDS);
        synchronized (kept) {
            return kept.toByteArray();
        }
    }
}
