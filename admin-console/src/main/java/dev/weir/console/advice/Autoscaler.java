package dev.weir.console.advice;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AdviceSettings;
import dev.weir.console.history.PoolName;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives pools the sizes that they need, where `autoscale_pools` says so: more as soon as the last minute asks for it,
/// less only when the last quarter of an hour has not asked for as much. Between `min_pool_size` and
/// `autoscale_max_pool_size`, and all pools of a server within its budget. Every change is logged. Confined to the
/// thread that looks at the pools.
public final class Autoscaler {

    /// Puts a size in force.
    public interface Target {

        /// From now on this pool may have so many servers; those beyond are closed as they become free.
        void resize(String database, String user, int size);
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(Autoscaler.class);

    /// Some is left for others than poolers.
    private static final double SHARE = 0.9;

    /// A pool that would shrink by less is left alone.
    private static final double WORTHWHILE = 0.8;

    private final Target target;
    private final DemandHistory demand;

    /// An autoscaler.
    ///
    /// @param demand what the pools were asked
    public Autoscaler(Target target, DemandHistory demand) {
        this.target = target;
        this.demand = demand;
    }

    /// A pool, and how large it is to be.
    private record Plan(PoolSnapshot pool, int size) {
        int more() {
            return size - pool.poolSize();
        }
    }

    /// Looks at the pools, and resizes those that need it.
    public void adjust(WeirConfig config, List<PoolSnapshot> pools, List<DatabaseSnapshot> databases) {
        if (!config.get(AdviceSettings.AUTOSCALE_POOLS)) {
            return;
        }
        Map<String, DatabaseSnapshot> byName =
                databases.stream().collect(Collectors.toMap(DatabaseSnapshot::name, Function.identity(), (a, _) -> a));
        Map<String, Long> free = budgets(config, pools, byName);
        List<Plan> plans = new ArrayList<>();
        for (PoolSnapshot pool : pools) {
            DatabaseConfig database = config.findDatabase(pool.database());
            if (database != null && pool.poolSize() > 0 && byName.containsKey(pool.database())) {
                plans.add(new Plan(pool, wanted(config, database, pool)));
            }
        }
        // Who gives comes before who takes, and of these who waits comes first.
        plans.sort(Comparator.comparingInt((Plan plan) -> plan.more() > 0 ? 1 : 0)
                .thenComparingInt(plan -> -plan.pool().clientsWaiting()));
        for (Plan plan : plans) {
            String server = server(byName, plan.pool());
            long granted = Math.min(plan.more(), Math.max(0, free.getOrDefault(server, 0L)));
            if (granted != 0) {
                free.merge(server, -granted, Long::sum);
                resize(plan.pool(), (int) (plan.pool().poolSize() + granted));
            }
        }
    }

    private void resize(PoolSnapshot pool, int size) {
        Demand latest = demand.latest(new PoolName(pool.database(), pool.user()));
        LOGGER.info(
                "autoscale: {}/{}: pool_size {} -> {} ({} checkouts/s, {} servers busy, {} clients wait)",
                pool.database(),
                pool.user(),
                pool.poolSize(),
                size,
                Math.round(latest.ratePerSecond()),
                Math.round(latest.load()),
                pool.clientsWaiting());
        target.resize(pool.database(), pool.user(), size);
    }

    /// How many servers more may be opened, by server.
    private static Map<String, Long> budgets(
            WeirConfig config, List<PoolSnapshot> pools, Map<String, DatabaseSnapshot> byName) {
        int configured = config.get(AdviceSettings.AUTOSCALE_MAX_SERVER_CONNECTIONS);
        Map<String, Long> free = new HashMap<>();
        for (DatabaseSnapshot database : byName.values()) {
            Integer limit = database.serverConnectionsLimit();
            long budget = configured > 0 ? configured : limit == null ? 0 : (long) (limit * SHARE);
            free.merge(ServerShare.key(database), budget, Math::max);
        }
        for (PoolSnapshot pool : pools) {
            if (byName.containsKey(pool.database())) {
                free.merge(
                        server(byName, pool), -(long) pool.poolSize() - ServerShare.reserve(config, pool), Long::sum);
            }
        }
        return free;
    }

    private static String server(Map<String, DatabaseSnapshot> byName, PoolSnapshot pool) {
        DatabaseSnapshot database = byName.get(pool.database());
        return database == null ? "" : ServerShare.key(database);
    }

    private int wanted(WeirConfig config, DatabaseConfig database, PoolSnapshot pool) {
        Duration wait = config.get(AdviceSettings.ADVICE_TARGET_WAIT);
        PoolName name = new PoolName(pool.database(), pool.user());
        int ceiling = config.get(AdviceSettings.AUTOSCALE_MAX_POOL_SIZE);
        int floor = Math.min(ceiling, Math.max(1, config.minPoolSize(database)));
        int now = Sizing.of(pool.poolSize(), demand.latest(name), wait).recommended();
        int more = Math.clamp(now, floor, ceiling);
        if (more > pool.poolSize()) {
            return more;
        }
        int lately = Sizing.of(pool.poolSize(), demand.busiest(name), wait).recommended();
        // The ceiling is for growth: a pool that was made larger is not taken away what it uses.
        int enough = Math.max(lately, floor);
        boolean known = demand.covered().compareTo(DemandHistory.SPAN.multipliedBy(DemandHistory.SPANS)) >= 0;
        return known && enough < WORTHWHILE * pool.poolSize() ? enough : pool.poolSize();
    }
}
