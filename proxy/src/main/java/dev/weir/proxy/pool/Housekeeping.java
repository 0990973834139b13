package dev.weir.proxy.pool;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.proxy.net.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be looked after although nobody asks: ages and idle times of servers, minimum pool sizes, the reserve, databases
 * made on demand. Each event loop looks after its own a few times a second; the first one also after the databases.
 */
public final class Housekeeping {

    private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeping.class);

    private static final long PERIOD_MILLIS = 200;

    /** How long a database made from {@code *} stays that PostgreSQL does not have. */
    private static final long FRUITLESS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PoolRegistry pools;
    private final Supplier<WeirConfig> config;

    public Housekeeping(PoolRegistry pools, Supplier<WeirConfig> config) {
        this.pools = pools;
        this.config = config;
    }

    /** Begins; ends with the loops. */
    public void start(List<Worker> workers) {
        for (Worker worker : workers) {
            worker.loop()
                    .scheduleWithFixedDelay(
                            () -> maintain(worker), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
        workers.getFirst().loop().scheduleWithFixedDelay(this::openForced, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        workers.getFirst()
                .loop()
                .scheduleWithFixedDelay(this::forgetUnused, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void maintain(Worker worker) {
        long now = System.nanoTime();
        for (Pool pool : pools.pools()) {
            try {
                pool.shard(worker).maintain(now);
            } catch (RuntimeException e) {
                LOGGER.error("{} housekeeping failed", pool, e);
            }
        }
    }

    /** Databases that name their role have a pool to fill before the first client comes. */
    private void openForced() {
        WeirConfig now = config.get();
        for (DatabaseConfig database : now.databases().values()) {
            String forced = database.forcedUser();
            if (forced != null && now.minPoolSize(database) > 0) {
                pools.pool(database, forced);
            }
        }
    }

    /** {@code pool_idle_timeout}. */
    private void forgetUnusedPools(long now) {
        Duration idle = config.get().get(TimeoutSettings.POOL_IDLE_TIMEOUT);
        if (idle.isZero()) {
            return;
        }
        for (Pool pool : pools.pools()) {
            if (pool.isUnusedFor(idle, now)) {
                pools.forget(pool);
            }
        }
    }

    /** Whether no server of it was ever reached: strangers can have auth_query run under any name that {@code *} stands for. */
    private static boolean hasNeverServed(PoolGroup group) {
        return group.pools().stream().allMatch(pool -> pool.welcome() == null);
    }

    /** Databases made from {@code *}, and those that are gone from the configuration, go when nobody uses them any more. */
    private void forgetUnused() {
        Duration idle = config.get().get(TimeoutSettings.AUTODB_IDLE_TIMEOUT);
        long now = System.nanoTime();
        forgetUnusedPools(now);
        for (PooledDatabase database : pools.databases()) {
            PoolGroup group = database.group();
            boolean unused = group.clients() == 0 && group.servers().used() == 0;
            boolean automatic = !config.get().databases().containsKey(database.name());
            long unusedNanos = now - group.usedNanos();
            boolean longUnused = (!idle.isZero() && unusedNanos > idle.toNanos())
                    || (hasNeverServed(group) && unusedNanos > FRUITLESS_NANOS);
            if (unused && (database.isRemoved() || (automatic && longUnused))) {
                pools.forget(database);
            }
        }
    }
}
