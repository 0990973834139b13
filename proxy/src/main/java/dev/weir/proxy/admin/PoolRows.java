package dev.weir.proxy.admin;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PoolMode;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.PoolSettings;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolKey;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.pool.PoolRules;
import dev.weir.proxy.pool.PoolShard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The rows of `SHOW POOLS`: the shards of each pool added up.
final class PoolRows {

    /// What one event loop has of a pool, or several have together.
    ///
    /// @param servers its servers
    /// @param waiting clients in line
    /// @param longestWaitNanos how long the first of them has waited; 0 when there is none
    record Part(ServerTally servers, int waiting, long longestWaitNanos) {

        private static final Part NONE = new Part(ServerTally.NONE, 0, 0);

        static Part of(PoolShard shard, long nowNanos) {
            long since = shard.oldestWaitNanos();
            return new Part(
                    ServerTally.of(shard.servers(), nowNanos),
                    shard.waitingCount(),
                    since == Long.MAX_VALUE ? 0 : Math.max(0, nowNanos - since));
        }

        Part plus(Part other) {
            return new Part(
                    servers.plus(other.servers),
                    waiting + other.waiting,
                    Math.max(longestWaitNanos, other.longestWaitNanos));
        }
    }

    private final Supplier<WeirConfig> config;
    private final PoolRegistry pools;
    private final LoopSurvey survey;

    PoolRows(Supplier<WeirConfig> config, PoolRegistry pools, LoopSurvey survey) {
        this.config = config;
        this.pools = pools;
        this.survey = survey;
    }

    CompletionStage<List<PoolSnapshot>> read() {
        return survey.merge(this::parts, Part::plus).thenApply(this::rows);
    }

    private Map<PoolKey, Part> parts(Worker worker) {
        long nowNanos = System.nanoTime();
        Map<PoolKey, Part> parts = new HashMap<>();
        for (Pool pool : pools.pools()) {
            parts.put(pool.key(), Part.of(pool.shard(worker), nowNanos));
        }
        return parts;
    }

    private List<PoolSnapshot> rows(Map<PoolKey, Part> parts) {
        WeirConfig now = config.get();
        return pools.pools().stream()
                .map(pool -> row(
                        pool.key(),
                        pool.rules(),
                        pool.clients().get(),
                        mode(now, pool.key()),
                        parts.getOrDefault(pool.key(), Part.NONE),
                        pool.lastFailure()))
                .toList();
    }

    static PoolSnapshot row(
            PoolKey key, PoolRules rules, int clients, PoolMode mode, Part part, @Nullable String failure) {
        ServerTally servers = part.servers();
        return new PoolSnapshot(
                key.database(),
                key.user(),
                mode,
                rules.size(),
                Math.max(0, clients - part.waiting()),
                part.waiting(),
                servers.activeCancel(),
                servers.waitingCancel(),
                servers.active(),
                servers.activeCancel(),
                servers.beingCanceled(),
                servers.idle(),
                servers.used(),
                servers.tested(),
                servers.login(),
                part.longestWaitNanos(),
                rules.addresses().size() > 1 ? rules.balance().text() : null,
                failure);
    }

    private static PoolMode mode(WeirConfig config, PoolKey key) {
        DatabaseConfig entry = config.findDatabase(key.database());
        return entry == null ? config.get(PoolSettings.POOL_MODE) : config.poolMode(entry, key.user());
    }
}
