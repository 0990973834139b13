package dev.weir.proxy.admin;

import dev.weir.console.port.ServerProbe;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;

/// Has pools try again whether their servers can be reached. Thread-safe.
///
/// @param pools all of them
public record LiveProbe(PoolRegistry pools) implements ServerProbe {

    @Override
    public void probe(String database) {
        for (Pool pool : pools.pools()) {
            if (pool.key().database().equals(database)) {
                pool.probe();
            }
        }
    }
}
