package dev.weir.proxy.pool;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** One user over all databases: its limits. Thread-safe. */
public final class PooledUser {

    private final String name;
    private final Budget servers;
    private final AtomicInteger clients = new AtomicInteger();
    private final ConcurrentLinkedQueue<Pool> pools = new ConcurrentLinkedQueue<>();
    private volatile int connectionsMax;
    private volatile int clientsMax;

    PooledUser(String name) {
        this.name = name;
        this.servers = new Budget(() -> connectionsMax);
    }

    /** Takes over {@code max_user_connections} and {@code max_user_client_connections}; 0 for no limit. */
    void limit(int newConnectionsMax, int newClientsMax) {
        connectionsMax = newConnectionsMax;
        clientsMax = newClientsMax;
        servers.tellNext();
    }

    public String name() {
        return name;
    }

    /** Server connections under this role. */
    public Budget servers() {
        return servers;
    }

    /** The pools under this role. */
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
    public boolean admitClient(boolean exempt) {
        int now = clients.incrementAndGet();
        if (!exempt && clientsMax > 0 && now > clientsMax) {
            clients.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Whether it has neither clients nor pools. */
    boolean isUnused() {
        return clients.get() == 0 && pools.isEmpty();
    }

    public void onClientGone() {
        clients.decrementAndGet();
    }

    public int clients() {
        return clients.get();
    }

    /** {@code max_user_client_connections}. */
    public int clientsMax() {
        return clientsMax;
    }
}
