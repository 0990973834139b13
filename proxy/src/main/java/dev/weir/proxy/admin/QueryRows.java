package dev.weir.proxy.admin;

import dev.weir.console.port.QuerySnapshot;
import dev.weir.console.port.SlowQuerySnapshot;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.insight.QueryCounts;
import dev.weir.proxy.insight.SlowQuery;
import dev.weir.proxy.net.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/// The rows of `SHOW QUERIES`, those of all loops added up, and of `SHOW SLOW`.
final class QueryRows {

    private final ClientRegistry clients;
    private final LoopSurvey survey;

    QueryRows(ClientRegistry clients, LoopSurvey survey) {
        this.clients = clients;
        this.survey = survey;
    }

    CompletionStage<List<QuerySnapshot>> read() {
        return survey.merge(this::ofLoop, QueryCounts::plus)
                .thenApply(all -> all.values().stream().map(QueryRows::row).toList());
    }

    private Map<QueryCounts.Key, QueryCounts> ofLoop(Worker worker) {
        Map<QueryCounts.Key, QueryCounts> counts = new HashMap<>();
        clients.queries(worker).read().forEach(each -> counts.put(each.key(), each));
        return counts;
    }

    private static QuerySnapshot row(QueryCounts counts) {
        return new QuerySnapshot(
                counts.key().database(),
                counts.key().user(),
                counts.key().fingerprint(),
                counts.text(),
                counts.calls(),
                counts.errors(),
                counts.rows(),
                counts.receivedBytes(),
                counts.sentBytes(),
                counts.waitNanos(),
                StatsRows.copy(counts.times()),
                counts.maxNanos(),
                counts.firstMillis() * 1000,
                counts.lastMillis() * 1000);
    }

    List<SlowQuerySnapshot> slow() {
        return clients.slowQueries().read().stream().map(QueryRows::row).toList();
    }

    private static SlowQuerySnapshot row(SlowQuery query) {
        return new SlowQuerySnapshot(
                query.database(),
                query.user(),
                query.clientId(),
                Endpoints.ofClient(query.remote(), query.local()).peer(),
                query.applicationName(),
                query.serverPid(),
                query.startMillis() * 1000,
                query.servedNanos(),
                query.waitedNanos(),
                query.rows(),
                query.failed(),
                query.text());
    }
}
