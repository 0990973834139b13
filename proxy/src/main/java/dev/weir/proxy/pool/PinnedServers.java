package dev.weir.proxy.pool;

import dev.weir.proxy.state.Pin;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Who keeps which of a pool's servers between transactions, over all event loops. Thread-safe. */
public final class PinnedServers {

    private final Map<Long, PinHolder> holders = new ConcurrentHashMap<>();
    private final Map<Pin.Reason, LongAdder> begun = new ConcurrentHashMap<>();

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
        begun.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }

    /** How often that has happened, for each reason that there was. */
    public Map<Pin.Reason, LongAdder> begun() {
        return Collections.unmodifiableMap(begun);
    }

    /** Why this client keeps its server, null if it does not. */
    public @Nullable PinHolder find(long clientId) {
        return holders.get(clientId);
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
