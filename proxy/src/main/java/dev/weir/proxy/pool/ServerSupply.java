package dev.weir.proxy.pool;

import dev.weir.proxy.server.ServerState;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a shard the servers that its clients wait for: idle ones called over from other event loops, or new ones as far as
 * every limit allows. Confined to the shard's event loop.
 */
final class ServerSupply implements Budget.Applicant {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerSupply.class);

    private final PoolShard shard;
    private final Pool pool;
    private boolean retryScheduled;
    private boolean evictionAsked;

    ServerSupply(PoolShard shard) {
        this.shard = shard;
        this.pool = shard.pool();
    }

    /** Does something about waiting clients. */
    void seek() {
        int wanted = shard.wantedServers() - beingMade();
        if (wanted <= 0 || pool.isPaused()) {
            withdrawFromAll();
            return;
        }
        int called = shard.callOver(wanted);
        int toOpen = called > 0 && shard.servers().isEmpty() ? 1 : wanted - called;
        for (int i = 0; i < toOpen && tryOpen(); i++) {
            // each opened one serves a waiter
        }
    }

    /** Called a few times a second. */
    void maintain() {
        evictionAsked = false;
        seek();
        if (pool.takesProbe()) {
            probe();
        }
    }

    private void withdrawFromAll() {
        pool.connecting().withdraw(this);
        pool.servers().withdraw(this);
        withdrawFromShared();
    }

    private void withdrawFromShared() {
        pool.user().servers().withdraw(this);
        pool.database().group().servers().withdraw(this);
    }

    private int beingMade() {
        return shard.count(ServerState.CONNECTING)
                + shard.count(ServerState.LOGGING_IN)
                + shard.count(ServerState.PREPARING)
                + shard.count(ServerState.CHECKING);
    }

    /** Opens one server if every limit allows it; else sees to it that this shard hears when it does. */
    private boolean tryOpen() {
        long pause = pool.pauseNanos(System.nanoTime());
        if (pause > 0) {
            withdrawFromAll();
            scheduleRetry(pause);
            return false;
        }
        // Who cannot go on must not stand in front of others at the limits behind.
        if (!pool.connecting().acquire(this)) {
            pool.servers().withdraw(this);
            withdrawFromShared();
            return false;
        }
        if (!pool.servers().acquire(this)) {
            withdrawFromShared();
            pool.connecting().release();
            return false;
        }
        return openWithin(pool.user().servers(), pool.database().group().servers());
    }

    private boolean openWithin(Budget user, Budget database) {
        if (user.acquire(this)) {
            if (database.acquire(this)) {
                if (pool.open(shard)) {
                    return true;
                }
                database.release();
            }
            user.release();
        } else {
            database.withdraw(this);
        }
        pool.servers().release();
        pool.connecting().release();
        if (!evictionAsked) {
            evictionAsked = Eviction.askFor(pool);
        }
        return false;
    }

    /** Opens one server beyond {@code pool_size}, out of the reserve. */
    void openFromReserve() {
        int extra = pool.rules().reserveSize();
        if (extra == 0
                || !pool.servers().isFull()
                || pool.pauseNanos(System.nanoTime()) > 0
                || !pool.servers().tryAcquire(extra)) {
            return;
        }
        if (!pool.connecting().tryAcquire(0)) {
            pool.servers().release();
            return;
        }
        LOGGER.warn("{} taking connection from reserve_pool", pool);
        openWithin(pool.user().servers(), pool.database().group().servers());
    }

    /** {@code min_pool_size}; never at the cost of another pool. */
    void fillToMinimum(PoolRules rules) {
        if (pool.isPaused() || (pool.clients().get() == 0 && !rules.userForced())) {
            return;
        }
        int limit = rules.size() == 0 ? rules.minSize() : Math.min(rules.minSize(), rules.size());
        for (int missing = limit - pool.servers().used(); missing > 0; missing--) {
            boolean limited = pool.user().servers().isFull()
                    || pool.database().group().servers().isFull();
            if (limited || beingMade() >= rules.connectConcurrency() || !tryOpen()) {
                return;
            }
        }
    }

    /** Tries whether a server can be had, where there is none and nobody waits for one. */
    private void probe() {
        if (!pool.isPaused() && pool.servers().used() == 0 && pool.pauseNanos(System.nanoTime()) == 0) {
            tryOpen();
        }
    }

    private void scheduleRetry(long nanos) {
        if (!retryScheduled) {
            retryScheduled = true;
            shard.worker().loop().schedule(this::onRetry, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void onRetry() {
        retryScheduled = false;
        seek();
    }

    @Override
    public void onPermitFree(Budget budget) {
        if (shard.worker().loop().isShuttingDown()) {
            return; // the last servers of a pooler that ends make room for nobody
        }
        shard.worker().loop().execute(() -> {
            evictionAsked = false;
            seek();
        });
    }

    @Override
    public long waitingSinceNanos() {
        return shard.oldestDemandNanos();
    }

    @Override
    public Pool pool() {
        return pool;
    }
}
