package dev.weir.proxy.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The same work for several clients at a time, each with a mark of its own.
final class Threads {
    private static final long PATIENCE_SECONDS = 60;

    private Threads() {}

    /// What one client does.
    @FunctionalInterface
    interface Work {
        /// Does it, and fails with whatever it likes.
        void run(String mark) throws Exception;
    }

    /// Runs the work for `count` clients and rethrows what failed first.
    static void run(int count, Work work) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String mark = "client " + i;
                all.add(threads.submit((Callable<Void>) () -> {
                    work.run(mark);
                    return null;
                }));
            }
            for (Future<Void> each : all) {
                each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }
}
