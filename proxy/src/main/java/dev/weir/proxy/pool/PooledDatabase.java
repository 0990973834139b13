package dev.weir.proxy.pool;

import dev.weir.proxy.wire.PgError;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One database as clients name it, over all its pools: its limits and whether it is paused or disabled. Thread-safe. */
public final class PooledDatabase {

    private final String name;
    private final Budget servers;
    private final AtomicInteger clients = new AtomicInteger();
    private final ConcurrentLinkedQueue<Pool> pools = new ConcurrentLinkedQueue<>();
    private volatile int connectionsMax;
    private volatile int clientsMax;
    private volatile boolean paused;
    private volatile boolean disabled;
    private volatile boolean removed;
    private volatile long usedNanos = System.nanoTime();

    PooledDatabase(String name) {
        this.name = name;
        this.servers = new Budget(() -> connectionsMax);
    }

    /** Takes over {@code max_db_connections} and {@code max_db_client_connections}; 0 for no limit. */
    void limit(int newConnectionsMax, int newClientsMax) {
        connectionsMax = newConnectionsMax;
        clientsMax = newClientsMax;
        servers.tellNext();
    }

    public String name() {
        return name;
    }

    /** Server connections. */
    public Budget servers() {
        return servers;
    }

    /** Its pools. */
    public Collection<Pool> pools() {
        return pools;
    }

    void remove(Pool pool) {
        pools.remove(pool);
    }

    void add(Pool pool) {
        pools.add(pool);
    }

    /** Counts a client unless there are too many. */
    public boolean admitClient(boolean exempt) {
        usedNanos = System.nanoTime();
        int now = clients.incrementAndGet();
        if (!exempt && clientsMax > 0 && now > clientsMax) {
            clients.decrementAndGet();
            return false;
        }
        return true;
    }

    public void onClientGone() {
        clients.decrementAndGet();
        usedNanos = System.nanoTime();
    }

    public int clients() {
        return clients.get();
    }

    /** {@code max_db_client_connections}. */
    public int clientsMax() {
        return clientsMax;
    }

    /** Last login or end of a client, {@link System#nanoTime()}. */
    public long usedNanos() {
        return usedNanos;
    }

    public boolean isPaused() {
        return paused;
    }

    /** Stops assigning servers and closes the free ones; the others go as they become free. */
    public void pause() {
        paused = true;
        eachShard(PoolShard::onPaused);
    }

    /** Assigns servers again. */
    public void resume() {
        paused = false;
        eachShard(PoolShard::onResumed);
    }

    private void eachShard(Consumer<PoolShard> action) {
        for (Pool pool : pools) {
            for (PoolShard shard : pool.shards()) {
                shard.worker().run(() -> action.accept(shard));
            }
        }
    }

    /** Closes every server now. */
    public void closeServers(String reason) {
        eachShard(shard -> shard.closeAll(reason));
    }

    /** Ends the wait of every client in line with an error. */
    public void refuseWaiters(PgError error) {
        eachShard(shard -> shard.refuseWaiters(error));
    }

    public boolean isDisabled() {
        return disabled;
    }

    public void setDisabled(boolean value) {
        disabled = value;
    }

    /** Whether the configuration no longer has it. */
    public boolean isRemoved() {
        return removed;
    }

    void setRemoved(boolean value) {
        removed = value;
    }
}
