package dev.weir.proxy.net;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The workers of one pooler: as many event loops as configured, nothing else on the path of a query. Thread-safe. */
public final class EventLoops {

    private static final long STOP_MILLIS = 5_000;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final List<Worker> workers;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile int open;

    /** @param count number of loops, at least 1; all of them are open to newcomers */
    public EventLoops(Transport transport, int count) {
        this.transport = transport;
        this.open = count;
        this.group = new MultiThreadIoEventLoopGroup(
                count,
                new ThreadPerTaskExecutor(new DefaultThreadFactory("weir-loop", true)),
                loops -> () -> loops[Math.floorMod(turn.getAndIncrement(), open)],
                transport.handlers());
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

    /** How many workers take new connections: those with the lowest indexes. */
    public int open() {
        return open;
    }

    /** Changes {@link #open()}: from 1 to the number of workers. */
    public void setOpen(int count) {
        open = Math.clamp(count, 1, workers.size());
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
        // Under io_uring a connection is closed by its loop, some time after it has been asked to.
        long quietMillis = transport == Transport.IO_URING ? 20 : 0;
        group.shutdownGracefully(quietMillis, STOP_MILLIS, TimeUnit.MILLISECONDS)
                .addListener(done -> stopped.complete(null));
        return stopped;
    }
}
