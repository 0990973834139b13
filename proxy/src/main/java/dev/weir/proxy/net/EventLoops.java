package dev.weir.proxy.net;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The workers of one pooler: as many event loops as configured, nothing else on the path of a query. Thread-safe. */
public final class EventLoops {

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final List<Worker> workers;

    /** @param count number of loops, at least 1 */
    public EventLoops(Transport transport, int count) {
        this.transport = transport;
        this.group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("weir-loop", true), transport.handlers());
        List<Worker> all = new ArrayList<>();
        for (EventExecutor executor : group) {
            all.add(new Worker(all.size(), (EventLoop) executor));
        }
        this.workers = List.copyOf(all);
    }

    public Transport transport() {
        return transport;
    }

    /** The group, for bootstraps. */
    public MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /** All workers by index. */
    public List<Worker> workers() {
        return workers;
    }

    /** The worker of a loop of this group. */
    public Worker workerOf(EventLoop loop) {
        for (Worker worker : workers) {
            if (worker.loop().equals(loop)) {
                return worker;
            }
        }
        throw new IllegalArgumentException("not a loop of this pooler");
    }

    /** Completes when every loop has done all that it had been given before. */
    public CompletionStage<Void> passedOn() {
        return CompletableFuture.allOf(workers.stream()
                .map(worker -> CompletableFuture.runAsync(() -> {}, worker.loop()))
                .toArray(CompletableFuture[]::new));
    }

    /** Stops all loops; connections still open are closed. */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(done -> stopped.complete(null));
        return stopped;
    }
}
