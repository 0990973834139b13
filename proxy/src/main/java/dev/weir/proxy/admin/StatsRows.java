package dev.weir.proxy.admin;

import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.StatsSnapshot;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolKey;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.stats.Histogram;
import dev.weir.proxy.stats.PoolCounters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// Running totals of each pool: the counters of its shards added up.
final class StatsRows {

    private final PoolRegistry pools;
    private final LoopSurvey survey;

    StatsRows(PoolRegistry pools, LoopSurvey survey) {
        this.pools = pools;
        this.survey = survey;
    }

    CompletionStage<List<StatsSnapshot>> read() {
        return survey.merge(this::copies, StatsRows::sum).thenApply(StatsRows::rows);
    }

    /// The loop goes on counting, so what leaves it is a copy.
    private Map<PoolKey, PoolCounters> copies(Worker worker) {
        Map<PoolKey, PoolCounters> copies = new HashMap<>();
        for (Pool pool : pools.pools()) {
            copies.put(pool.key(), pool.shard(worker).counters().copy());
        }
        return copies;
    }

    static PoolCounters sum(PoolCounters one, PoolCounters other) {
        PoolCounters sum = one.copy();
        sum.add(other);
        return sum;
    }

    private static List<StatsSnapshot> rows(Map<PoolKey, PoolCounters> totals) {
        List<StatsSnapshot> rows = new ArrayList<>(totals.size());
        totals.forEach((key, counters) -> rows.add(row(key, counters)));
        return rows;
    }

    static StatsSnapshot row(PoolKey key, PoolCounters counters) {
        return new StatsSnapshot(
                key.database(),
                key.user(),
                counters.serverAssignments,
                counters.serversMovedIn,
                counters.clientsMovedIn,
                counters.serverConnects,
                counters.serverConnectFailures,
                counters.serversLost,
                counters.transactions,
                counters.queries,
                counters.receivedBytes,
                counters.sentBytes,
                counters.transactionNanos,
                counters.queryNanos,
                counters.waitNanos,
                counters.clientParses,
                counters.serverParses,
                counters.binds,
                counters.clientLogins,
                copy(counters.wait),
                copy(counters.query),
                copy(counters.transaction),
                copy(counters.connect));
    }

    static HistogramSnapshot copy(Histogram histogram) {
        return HistogramSnapshot.of(Histogram.boundsNanos(), histogram.counts(), histogram.sumNanos());
    }
}
