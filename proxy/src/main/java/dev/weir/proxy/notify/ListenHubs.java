package dev.weir.proxy.notify;

import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PooledDatabase;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The listening connections of all pools whose clients listen. Thread-safe. */
public final class ListenHubs {

    private final ConcurrentHashMap<Pool, ListenHub> hubs = new ConcurrentHashMap<>();

    /** The pool's, made if there is none. */
    public ListenHub hub(Pool pool) {
        return hubs.computeIfAbsent(pool, key -> new ListenHub(key, this));
    }

    /** The pool's if one of its clients listens or has just done so. */
    public @Nullable ListenHub find(Pool pool) {
        return hubs.get(pool);
    }

    /** All. */
    public Collection<ListenHub> all() {
        return hubs.values();
    }

    /** Closes the connections of a database now; where somebody listens still, another is opened when the pool may. */
    public void closeConnections(PooledDatabase database, String reason) {
        hubs.forEach((pool, hub) -> {
            if (pool.database().equals(database)) {
                hub.closeConnection(reason);
            }
        });
    }

    /** Closes all for good: the pooler ends. */
    public void end() {
        hubs.values().forEach(ListenHub::end);
    }

    /** Somebody listens. */
    void remember(ListenHub hub) {
        hubs.putIfAbsent(hub.pool(), hub);
    }

    /** Nobody listens any more. */
    void forget(ListenHub hub) {
        hubs.remove(hub.pool(), hub);
    }
}
