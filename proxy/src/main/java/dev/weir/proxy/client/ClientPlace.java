package dev.weir.proxy.client;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolShard;
import dev.weir.proxy.stats.PoolCounters;

/**
 * Where a client lives: an event loop, and that loop's part of the client's pool. Changes only while the client moves, see
 * {@link ClientMove}. The loop may be asked for on any thread, the rest on that loop only.
 */
final class ClientPlace {

    private final Pool pool;
    private PoolShard shard;
    private volatile Worker worker;

    ClientPlace(Pool pool, Worker worker) {
        this.pool = pool;
        this.shard = pool.shard(worker);
        this.worker = worker;
    }

    /** The client is off its loop and about to go to another. */
    void change(Worker next) {
        shard = pool.shard(next);
        worker = next;
    }

    Worker worker() {
        return worker;
    }

    PoolShard shard() {
        return shard;
    }

    PoolCounters counters() {
        return shard.counters();
    }
}
