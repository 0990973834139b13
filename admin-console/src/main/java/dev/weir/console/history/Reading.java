package dev.weir.console.history;

import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.LoginFailureSnapshot;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.StatsSnapshot;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The counters at one moment, as much of them as is looked back at. Immutable.
///
/// @param nanos the moment, by the monotonic clock
/// @param time the moment, by the clock on the wall
/// @param pools counters by pool
/// @param pinned servers that clients keep, by pool
/// @param loginFailures clients that were not let in, by database
public record Reading(
        long nanos,
        Instant time,
        Map<PoolName, Counters> pools,
        Map<PoolName, Integer> pinned,
        Map<String, Long> loginFailures) {

    /// Counters of one pool.
    ///
    /// @param assignments times a client got a server
    /// @param transactions begun
    /// @param queries begun
    /// @param connectFailures attempts to connect that failed
    /// @param lost servers whose connection broke, or that gave up by a FATAL error
    /// @param waits how long clients waited that did not get a server at once
    /// @param queryTimes how long queries took
    /// @param transactionTimes how long transactions held their servers
    public record Counters(
            long assignments,
            long transactions,
            long queries,
            long connectFailures,
            long lost,
            HistogramSnapshot waits,
            HistogramSnapshot queryTimes,
            HistogramSnapshot transactionTimes) {

        /// Nothing counted.
        public static final Counters ZERO =
                new Counters(0, 0, 0, 0, 0, HistogramSnapshot.EMPTY, HistogramSnapshot.EMPTY, HistogramSnapshot.EMPTY);

        static Counters of(StatsSnapshot stats) {
            return new Counters(
                    stats.serverAssignments(),
                    stats.transactions(),
                    stats.queries(),
                    stats.serverConnectFailures(),
                    stats.serversLost(),
                    stats.waitTimes(),
                    stats.queryTimes(),
                    stats.transactionTimes());
        }

        /// Both together.
        public Counters plus(Counters other) {
            return new Counters(
                    assignments + other.assignments,
                    transactions + other.transactions,
                    queries + other.queries,
                    connectFailures + other.connectFailures,
                    lost + other.lost,
                    waits.plus(other.waits),
                    queryTimes.plus(other.queryTimes),
                    transactionTimes.plus(other.transactionTimes));
        }

        /// What was counted since an earlier reading. A pool that was removed and has come back begins anew.
        public Counters minus(Counters earlier) {
            if (assignments < earlier.assignments || queries < earlier.queries) {
                return this;
            }
            return new Counters(
                    assignments - earlier.assignments,
                    Math.max(0, transactions - earlier.transactions),
                    queries - earlier.queries,
                    Math.max(0, connectFailures - earlier.connectFailures),
                    Math.max(0, lost - earlier.lost),
                    waits.minus(earlier.waits),
                    queryTimes.minus(earlier.queryTimes),
                    transactionTimes.minus(earlier.transactionTimes));
        }

        /// How long that share of all who wanted a server waited for it at most; who got one at once waited for no
        /// time.
        public long waitQuantileNanos(double share) {
            return waits.quantileNanos(share, Math.max(0, assignments - waits.total()));
        }
    }

    /// A reading of nothing.
    public static Reading none(long nanos, Instant time) {
        return new Reading(nanos, time, Map.of(), Map.of(), Map.of());
    }

    /// A reading of what the pooler tells.
    public static Reading of(
            long nanos,
            Instant time,
            List<StatsSnapshot> stats,
            List<PinCountSnapshot> pins,
            List<LoginFailureSnapshot> failures) {
        Map<PoolName, Counters> pools = HashMap.newHashMap(stats.size());
        stats.forEach(
                each -> pools.merge(new PoolName(each.database(), each.user()), Counters.of(each), Counters::plus));
        Map<PoolName, Integer> pinned = HashMap.newHashMap(pins.size());
        pins.forEach(
                each -> pinned.merge(new PoolName(each.database(), each.user()), each.pinnedServers(), Integer::sum));
        Map<String, Long> byDatabase = HashMap.newHashMap(failures.size());
        failures.forEach(each -> byDatabase.merge(each.database(), each.count(), Long::sum));
        return new Reading(nanos, time, pools, pinned, byDatabase);
    }

    /// What a pool has counted since an earlier reading.
    public Counters since(Reading earlier, PoolName pool) {
        return pools.getOrDefault(pool, Counters.ZERO).minus(earlier.pools.getOrDefault(pool, Counters.ZERO));
    }

    /// How many clients of a database were not let in since an earlier reading.
    public long loginFailuresSince(Reading earlier, String database) {
        return loginFailures.getOrDefault(database, 0L) - earlier.loginFailures.getOrDefault(database, 0L);
    }
}
