package dev.weir.console.health;

import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How one database is doing, and why. Immutable.
///
/// @param database its name
/// @param health in a word
/// @param reason in a sentence; `null` when there is nothing to tell
/// @param serversConnected servers of all its pools
/// @param serversBusy those that serve
/// @param clientsWaiting clients in line
/// @param longestWaitNanos how long the first of them has waited
public record DatabaseHealth(
        String database,
        Health health,
        @Nullable String reason,
        int serversConnected,
        int serversBusy,
        int clientsWaiting,
        long longestWaitNanos) {

    private static final double NANOS_PER_SECOND = 1e9;

    /// Judges a database by its pools.
    ///
    /// @param pools those of this database
    /// @param deadline how long a client may wait for a server
    public static DatabaseHealth of(DatabaseSnapshot database, List<PoolSnapshot> pools, Duration deadline) {
        List<PoolSnapshot> unreachable =
                pools.stream().filter(PoolSnapshot::isUnreachable).toList();
        if (database.disabled()) {
            return with(database, pools, Health.DISABLED, "new clients are refused by DISABLE");
        }
        if (database.paused()) {
            return with(database, pools, Health.PAUSED, "clients wait for RESUME");
        }
        if (!unreachable.isEmpty()) {
            PoolSnapshot first = unreachable.getFirst();
            boolean all = unreachable.size() == pools.size();
            return with(
                    database,
                    pools,
                    all ? Health.UNAVAILABLE : Health.DEGRADED,
                    "no server for " + (all ? "anybody" : first.user()) + ": " + first.lastConnectFailure());
        }
        for (PoolSnapshot pool : pools) {
            if (pool.clientsWaiting() > 0 && pool.maxWaitNanos() > deadline.toNanos()) {
                return with(database, pools, Health.DEGRADED, waiting(pool));
            }
        }
        return with(database, pools, Health.READY, null);
    }

    private static String waiting(PoolSnapshot pool) {
        String failure = pool.lastConnectFailure();
        String why = pool.isExhausted()
                ? "all " + pool.serversConnected() + " servers are busy"
                : failure == null ? pool.serversBusy() + " servers are busy" : failure;
        return String.format(
                Locale.ROOT,
                "%s: %s, the first for %.1f s: %s",
                pool.user(),
                pool.waitingText(),
                pool.maxWaitNanos() / NANOS_PER_SECOND,
                why);
    }

    private static DatabaseHealth with(
            DatabaseSnapshot database, List<PoolSnapshot> pools, Health health, @Nullable String reason) {
        return new DatabaseHealth(
                database.name(),
                health,
                reason,
                pools.stream().mapToInt(PoolSnapshot::serversConnected).sum(),
                pools.stream().mapToInt(PoolSnapshot::serversBusy).sum(),
                pools.stream().mapToInt(PoolSnapshot::clientsWaiting).sum(),
                pools.stream().mapToLong(PoolSnapshot::maxWaitNanos).max().orElse(0));
    }
}
