package dev.weir.proxy.auth;

import dev.weir.proxy.auth.PasswordService.Verdict;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Threads that check passwords by calls that block, and a line of limited length in front of them. Thread-safe.
///
/// The threads are real ones, since native libraries hold on to theirs, and go when nobody has needed them for a while.
public final class PasswordWorkers {
    private static final Logger LOGGER = LoggerFactory.getLogger(PasswordWorkers.class);

    /// How many may wait, as in PgBouncer.
    public static final int LINE_MAX = 100;

    private static final long THREAD_IDLE_SECONDS = 30;

    private final String name;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger numbers = new AtomicInteger();

    /// Threads that start when they are needed.
    ///
    /// @param name of the threads, without their number
    /// @param size how many passwords are checked at a time
    /// @param lineMax how many more may wait
    public PasswordWorkers(String name, int size, int lineMax) {
        this.name = name;
        threads = new ThreadPoolExecutor(
                size, size, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(lineMax), this::thread);
        threads.allowCoreThreadTimeOut(true);
    }

    /// From now on so many passwords are checked at a time.
    public synchronized void resize(int size) {
        int before = threads.getMaximumPoolSize();
        if (size > before) {
            threads.setMaximumPoolSize(size);
            threads.setCorePoolSize(size);
        } else if (size < before) {
            threads.setCorePoolSize(size);
            threads.setMaximumPoolSize(size);
        }
    }

    private Thread thread(Runnable work) {
        return Thread.ofPlatform()
                .name(name + "-" + numbers.incrementAndGet())
                .daemon(true)
                .unstarted(work);
    }

    /// Has something checked.
    ///
    /// @param check may block
    /// @param answer called once, on any thread; not at all if the wish was withdrawn before its turn came
    /// @return to be run by who does not want the answer any more
    public Runnable ask(Supplier<Verdict> check, Consumer<Verdict> answer) {
        AtomicBoolean withdrawn = new AtomicBoolean();
        try {
            threads.execute(() -> {
                if (!withdrawn.get()) {
                    answer.accept(checked(check));
                }
            });
        } catch (RejectedExecutionException _) {
            answer.accept(Verdict.BUSY);
        }
        return () -> withdrawn.set(true);
    }

    private static Verdict checked(Supplier<Verdict> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            LOGGER.error("a password could not be checked", e);
            return Verdict.UNAVAILABLE;
        }
    }

    /// Ends; who waits hears nothing more.
    public void close() {
        threads.shutdownNow();
    }
}
