package dev.weir.proxy.tls;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the long computations of handshakes run: a few threads that go away when nobody connects. In a rush handshakes wait for
 * one another, and no event loop waits for any of them. Thread-safe.
 */
final class TlsTasks implements Executor {

    private static final int IDLE_SECONDS = 10;

    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadPoolExecutor pool;

    TlsTasks() {
        // One core is left to those who are connected.
        int size = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        pool = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);
        pool.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "weir-tls-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }
}
