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
    private final ClientRegistry clients;
    private PoolShard shard;
    private LoopQueries queries;
    private volatile Worker worker;

    ClientPlace(Pool pool, Worker worker, ClientRegistry clients) {
        this.pool = pool;
        this.clients = clients;
        this.queries = clients.queries(worker);
        this.shard = pool.shard(worker);
        this.worker = worker;
    }

    /** The client is off its loop and about to go to another. */
    void change(Worker next) {
        shard = pool.shard(next);
        queries = clients.queries(next);
        worker = next;
    }

    Worker worker() {
        return worker;
    }

    PoolShard shard() {
        return shard;
    }

    /** Where its queries are counted. */
    LoopQueries queries() {
        return queries;
    }

    PoolCounters counters() {
        return shard.counters();
    }
}
