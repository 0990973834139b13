package dev.weir.proxy.pool;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pools of one database or of one role, and the limits on what they may have together: server connections and clients.
 * Thread-safe.
 */
public final class PoolGroup {

    private final String name;
    private final Budget servers;
    private final AtomicInteger clients = new AtomicInteger();
    private final ConcurrentLinkedQueue<Pool> pools = new ConcurrentLinkedQueue<>();
    private volatile int connectionsMax;
    private volatile int clientsMax;
    private volatile long usedNanos = System.nanoTime();

    PoolGroup(String name) {
        this.name = name;
        this.servers = new Budget(() -> connectionsMax);
    }

    /** Takes over {@code max_…_connections} and {@code max_…_client_connections}; 0 for no limit. */
    void limit(int newConnectionsMax, int newClientsMax) {
        connectionsMax = newConnectionsMax;
        clientsMax = newClientsMax;
        servers.tellNext();
    }

    /** Name of the database or the role. */
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

    void add(Pool pool) {
        pools.add(pool);
    }

    void remove(Pool pool) {
        pools.remove(pool);
    }

    /** Counts a client unless there are too many. */
    public boolean admitClient() {
        usedNanos = System.nanoTime();
        int now = clients.incrementAndGet();
        if (clientsMax > 0 && now > clientsMax) {
            clients.decrementAndGet();
            return false;
        }
        return true;
    }

    /** A client that was admitted is gone. */
    public void onClientGone() {
        clients.decrementAndGet();
        usedNanos = System.nanoTime();
    }

    /** Clients, those logging in included. */
    public int clients() {
        return clients.get();
    }

    /** Whether it has neither clients nor pools. */
    public boolean isEmpty() {
        return clients.get() == 0 && pools.isEmpty();
    }

    /** Last login or end of a client, {@link System#nanoTime()}. */
    long usedNanos() {
        return usedNanos;
    }
}
