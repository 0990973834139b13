package dev.weir.proxy.net;

import dev.weir.proxy.time.Deadlines;
import io.netty.channel.EventLoop;

/**
 * One event loop and what belongs to it alone. Every connection lives on one worker; its state is touched by that worker's
 * thread only.
 */
public final class Worker {

    private final int index;
    private final EventLoop loop;
    private final Deadlines deadlines;

    Worker(int index, EventLoop loop) {
        this.index = index;
        this.loop = loop;
        this.deadlines = new Deadlines(loop);
    }

    /** Position among the workers, from 0. */
    public int index() {
        return index;
    }

    /** The loop itself. */
    public EventLoop loop() {
        return loop;
    }

    /** The loop's timeouts; confined to it. */
    public Deadlines deadlines() {
        return deadlines;
    }

    /** Runs at once when called on this worker, else as soon as its loop comes to it. */
    public void run(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    @Override
    public String toString() {
        return "worker-" + index;
    }
}
