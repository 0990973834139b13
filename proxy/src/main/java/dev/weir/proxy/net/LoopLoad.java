package dev.weir.proxy.net;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLongArray;

/** How much of a processor core each event loop uses. To be asked by one thread. */
public final class LoopLoad {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final AtomicLongArray ids;
    private final long[] usedNanos;
    private long lookedNanos = System.nanoTime();

    public LoopLoad(EventLoops loops) {
        ids = new AtomicLongArray(loops.workers().size());
        usedNanos = new long[ids.length()];
        for (Worker worker : loops.workers()) {
            worker.run(() -> ids.set(worker.index(), Thread.currentThread().threadId()));
        }
    }

    /** The processor time of each loop since the last look, as a share of one core; 0 where it is not known. */
    public double[] look() {
        long nowNanos = System.nanoTime();
        double elapsed = Math.max(1, nowNanos - lookedNanos);
        lookedNanos = nowNanos;
        double[] busy = new double[usedNanos.length];
        for (int i = 0; i < busy.length; i++) {
            long id = ids.get(i);
            long used = id == 0 ? -1 : threads.getThreadCpuTime(id);
            if (used >= 0) {
                busy[i] = (used - usedNanos[i]) / elapsed;
                usedNanos[i] = used;
            }
        }
        return busy;
    }
}
