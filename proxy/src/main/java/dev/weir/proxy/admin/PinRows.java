package dev.weir.proxy.admin;

import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.PinSnapshot;
import dev.weir.proxy.pool.PinHolder;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The rows of `SHOW PINS` and what is counted of them.
final class PinRows {

    private PinRows() {}

    static List<PinSnapshot> read(PoolRegistry pools) {
        long nowNanos = System.nanoTime();
        return pools.pools().stream()
                .flatMap(pool -> pool.pinned().holders().stream())
                .flatMap(holder -> rows(holder, nowNanos))
                .toList();
    }

    static Stream<PinSnapshot> rows(PinHolder holder, long nowNanos) {
        return holder.holds().stream()
                .map(hold -> new PinSnapshot(
                        holder.database(),
                        holder.user(),
                        holder.clientId(),
                        Endpoints.ofClient(holder.remote(), holder.local()).peer(),
                        holder.applicationName(),
                        holder.serverPid(),
                        hold.pin().reason().words(),
                        hold.pin().detail(),
                        hold.sinceMillis() * 1000,
                        Math.max(0, nowNanos - hold.sinceNanos())));
    }

    static List<PinCountSnapshot> counts(PoolRegistry pools) {
        return pools.pools().stream().map(PinRows::count).toList();
    }

    private static PinCountSnapshot count(Pool pool) {
        Map<String, Long> begun = new TreeMap<>();
        pool.pinned().begun().forEach((reason, times) -> begun.put(reason.words(), times.sum()));
        return new PinCountSnapshot(
                pool.key().database(), pool.key().user(), pool.pinned().size(), begun);
    }
}
