package dev.weir.proxy.pool;

import dev.weir.proxy.state.Pin;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Who keeps which of a pool's servers between transactions, over all event loops. Thread-safe. */
public final class PinnedServers {

    private final Map<Long, PinHolder> holders = new ConcurrentHashMap<>();
    private final AtomicLongArray begun = new AtomicLongArray(Pin.Reason.values().length);

    PinnedServers() {}

    /** A client keeps its server, or for other reasons than before. */
    public void put(PinHolder holder) {
        holders.put(holder.clientId(), holder);
    }

    /** A client does not keep its server any more. */
    public void remove(long clientId) {
        holders.remove(clientId);
    }

    /** A client has begun to keep its server for this reason. */
    public void count(Pin.Reason reason) {
        begun.incrementAndGet(reason.ordinal());
    }

    /** How often that has happened. */
    public long begun(Pin.Reason reason) {
        return begun.get(reason.ordinal());
    }

    /** How many servers are kept. */
    public int size() {
        return holders.size();
    }

    /** Who keeps one, in no order. */
    public Collection<PinHolder> holders() {
        return holders.values();
    }
}
