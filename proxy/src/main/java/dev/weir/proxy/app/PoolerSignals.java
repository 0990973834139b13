package dev.weir.proxy.app;

import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.log.ProcessLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Passes on what signals ask for to the pooler of this process. Thread-safe.
public final class PoolerSignals implements SignalReceiver {

    private final Pooler pooler;
    private final ServiceNotifier notifier;
    private final CompletableFuture<Integer> exitStatus;

    /// @param notifier hears of reloads
    /// @param exitStatus what the main thread waits for; completing it ends the process
    public PoolerSignals(Pooler pooler, ServiceNotifier notifier, CompletableFuture<Integer> exitStatus) {
        this.pooler = pooler;
        this.notifier = notifier;
        this.exitStatus = exitStatus;
    }

    @Override
    public void reload() {
        // First, and whatever becomes of the configuration: rotation waits for it.
        ProcessLog.reopen();
        notifier.reloading();
        pooler.reload().whenComplete((report, failure) -> notifier.ready());
    }

    @Override
    public void pause() {
        pooler.pause();
    }

    @Override
    public void resume() {
        pooler.resume();
    }

    @Override
    public void shutDown(ShutdownMode mode) {
        pooler.shutdown(mode);
    }

    @Override
    public boolean isShuttingDown() {
        return pooler.isShuttingDown();
    }

    @Override
    public boolean isSuspended() {
        return pooler.isSuspended();
    }

    @Override
    public Duration drainTimeout() {
        return pooler.drainTimeout();
    }

    @Override
    public void exitNow(int status) {
        exitStatus.complete(status);
    }
}
