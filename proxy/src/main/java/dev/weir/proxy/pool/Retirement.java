package dev.weir.proxy.pool;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerRules;
import dev.weir.proxy.server.ServerState;
import org.jspecify.annotations.Nullable;

/** Decides whether a server that nobody uses is to be closed. Confined to the shard's event loop. */
final class Retirement {

    /** How long another pool's client must have waited before a server is taken from a pool that has use for it. */
    private static final long TAKE_OVER_NANOS = 100_000_000L;

    /** The reason that comes with a claim: see {@link Budget#claimSurplus}. */
    private static final String SURPLUS = "too many servers in the pool";

    private final PoolShard shard;
    private final Pool pool;

    Retirement(PoolShard shard) {
        this.shard = shard;
        this.pool = shard.pool();
    }

    /** Why it is to be closed now, or null. */
    @Nullable
    String reason(ServerConnection server) {
        if (pool.isPaused()) {
            return "pause mode";
        }
        if (pool.database().isRemoved()) {
            return "database removed";
        }
        if (pool.hasLeftBehind(server)) {
            return "close_needed";
        }
        if (shard.waitingCount() == 0 && pool.servers().claimSurplus()) {
            return SURPLUS;
        }
        if (isOwedElsewhere(pool.database().group().servers())
                || isOwedElsewhere(pool.user().servers())) {
            return "evicted";
        }
        return isOver(server) ? "server lifetime over" : null;
    }

    /** A server was closed for this reason: its place in the pool is free. */
    void onClosed(String reason) {
        if (reason.equals(SURPLUS)) {
            pool.servers().releaseSurplus();
        } else {
            pool.servers().release();
        }
    }

    private boolean isOver(ServerConnection server) {
        ServerRules rules = pool.rules().server();
        if (rules.lifetime().isZero()) {
            return server.state() != ServerState.IDLE; // used once
        }
        if (server.state() == ServerState.IDLE && shard.waitingCount() > 0) {
            return false; // it has just come, for somebody who waits
        }
        long nowNanos = System.nanoTime();
        return nowNanos - server.identity().createdNanos() > rules.lifetime().toNanos() && pool.mayRetire(nowNanos);
    }

    /** Whether an idle server has been idle too long, and the pool can do without it. */
    boolean isIdleTooLong(ServerConnection server, long nowNanos) {
        PoolRules rules = pool.rules();
        return !rules.server().idleTimeout().isZero()
                && nowNanos - server.stateSinceNanos()
                        > rules.server().idleTimeout().toNanos()
                && pool.servers().used() > rules.minSize();
    }

    /** Whether a pool that shares a limit with this one has a better claim to a server than this one. */
    private boolean isOwedElsewhere(Budget budget) {
        if (budget.limit() == 0) {
            return false;
        }
        Budget.Applicant other = budget.findApplicant(applicant ->
                !applicant.pool().key().equals(pool.key()) && applicant.waitingSinceNanos() != Long.MAX_VALUE);
        if (other == null) {
            return false;
        }
        long theirs = other.waitingSinceNanos();
        long own = shard.oldestWaitNanos();
        return own == Long.MAX_VALUE || (theirs - own < 0 && System.nanoTime() - theirs > TAKE_OVER_NANOS);
    }
}
