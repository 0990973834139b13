package dev.weir.proxy.client;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolHolders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/** Why a client has waited for a server in vain, in words for whoever reads the application's log. */
final class WaitReport {

    private WaitReport() {}

    /**
     * The words; to be asked for on the client's event loop.
     *
     * @param waited how long the client has waited
     */
    static String of(Pool pool, Worker worker, Duration waited) {
        long nowNanos = System.nanoTime();
        StringBuilder text =
                new StringBuilder("no server free for ").append(seconds(waited)).append(": ");
        PoolHolders.Found here = HolderWatch.find(pool, worker, nowNanos, 0, new ArrayList<>());
        return text.append(of(pool, pool.holders().total(worker, here), nowNanos))
                .toString();
    }

    /** The same where nothing is known of a wait. */
    static String of(Pool pool) {
        return of(pool, pool.holders().total(), System.nanoTime()).toString();
    }

    private static StringBuilder of(Pool pool, PoolHolders.Found holders, long nowNanos) {
        StringBuilder text = new StringBuilder("pool ").append(pool);
        if (pool.isPaused()) {
            return text.append(" is paused");
        }
        text.append(' ').append(pool.servers().used());
        if (pool.servers().limit() > 0) {
            text.append('/').append(pool.servers().limit());
        }
        text.append(" busy");
        if (holders.idleInTransaction() > 0) {
            text.append(", ")
                    .append(holders.idleInTransaction())
                    .append(" idle in transaction, oldest ")
                    .append(TimeUnit.NANOSECONDS.toSeconds(nowNanos - holders.sinceNanos()))
                    .append(" s by ")
                    .append(holders.who());
        }
        if (pool.pinned().size() > 0) {
            text.append(", ").append(pool.pinned().size()).append(" pinned");
        }
        String failure = pool.lastFailure();
        if (failure != null) {
            text.append("; last connection attempt: ").append(failure);
        }
        return text;
    }

    private static String seconds(Duration waited) {
        return waited.toMillis() % 1000 == 0 ? waited.toSeconds() + " s" : waited.toMillis() + " ms";
    }
}
