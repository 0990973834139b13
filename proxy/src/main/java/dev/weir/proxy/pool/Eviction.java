package dev.weir.proxy.pool;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Makes room under a limit that several pools share: the server that has been free for longest gives way. */
final class Eviction {

    private Eviction() {}

    /** Asks the loop of the longest-idle server of another pool under the exhausted limit to close it. */
    static boolean askFor(Pool needy) {
        PoolGroup ofDatabase = needy.database().group();
        PoolGroup full = ofDatabase.servers().isFull() ? ofDatabase : needy.user();
        PoolShard victim = null;
        long oldest = Long.MAX_VALUE;
        for (Pool other : full.pools()) {
            if (other == needy) {
                continue;
            }
            for (PoolShard shard : other.shards()) {
                long since = shard.oldestIdleNanos();
                if (since != Long.MAX_VALUE && (victim == null || since - oldest < 0)) {
                    victim = shard;
                    oldest = since;
                }
            }
        }
        return evictFrom(victim);
    }

    /** Asks for the longest-idle server of a full pool itself, for the sake of a client that no idle one can serve. */
    static boolean within(Pool full) {
        return evictFrom(full.shards().stream()
                .filter(shard -> shard.oldestIdleNanos() != Long.MAX_VALUE)
                .min(Comparator.comparingLong(PoolShard::oldestIdleNanos))
                .orElse(null));
    }

    private static boolean evictFrom(@Nullable PoolShard victim) {
        if (victim == null) {
            return false;
        }
        victim.worker().run(victim::evictOldest);
        return true;
    }
}
