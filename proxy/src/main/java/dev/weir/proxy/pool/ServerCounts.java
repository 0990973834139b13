package dev.weir.proxy.pool;

import dev.weir.proxy.server.ServerState;
import java.util.EnumMap;
import java.util.Map;

/** How many servers of a shard are in which state. Confined to its event loop. */
final class ServerCounts {

    private static final class Count {
        private int value;
    }

    private final Map<ServerState, Count> counts = new EnumMap<>(ServerState.class);

    ServerCounts() {
        for (ServerState state : ServerState.values()) {
            counts.put(state, new Count());
        }
    }

    private Count of(ServerState state) {
        Count count = counts.get(state);
        if (count == null) {
            throw new IllegalStateException(state.name());
        }
        return count;
    }

    void add(ServerState state) {
        of(state).value++;
    }

    void remove(ServerState state) {
        of(state).value--;
    }

    int get(ServerState state) {
        return of(state).value;
    }
}
