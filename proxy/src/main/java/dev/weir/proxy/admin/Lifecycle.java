package dev.weir.proxy.admin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the pooler serves, winds down or has ended. Thread-safe. */
public final class Lifecycle {

    private final AtomicBoolean shuttingDown = new AtomicBoolean();
    private final CompletableFuture<Void> begin = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CompletableFuture<Void> handOver = new CompletableFuture<>();
    private volatile boolean suspended;

    /** Begins the shutdown; answers whether it was this call that did. */
    boolean beginShutdown() {
        boolean first = shuttingDown.compareAndSet(false, true);
        begin.complete(null);
        return first;
    }

    /** Completes when a shutdown of any kind begins. */
    public CompletionStage<Void> whenShutdownBegins() {
        return begin;
    }

    /** Whether an orderly shutdown is under way. */
    public boolean isShuttingDown() {
        return shuttingDown.get();
    }

    /** Nothing is left to wait for. */
    void end() {
        shuttingDown.set(true);
        begin.complete(null);
        end.complete(null);
    }

    /** Completes when the pooler is to be taken apart. */
    public CompletionStage<Void> whenEnded() {
        return end;
    }

    /** Another process listens from now on. */
    void handOver() {
        handOver.complete(null);
    }

    /** Completes when another process has taken the listening sockets over. */
    public CompletionStage<Void> whenHandedOver() {
        return handOver;
    }

    /** Whether clients are not read. */
    public boolean isSuspended() {
        return suspended;
    }

    void setSuspended(boolean value) {
        suspended = value;
    }
}
