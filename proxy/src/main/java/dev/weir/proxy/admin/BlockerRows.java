package dev.weir.proxy.admin;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.InsightSettings;
import dev.weir.console.port.BlockerSnapshot;
import dev.weir.console.port.BlockerState;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.proxy.client.ClientClock;
import dev.weir.proxy.client.ClientLink;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.client.ClientSession;
import dev.weir.proxy.client.ReplicationSession;
import dev.weir.proxy.insight.SlowQueries;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.PinHolder;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolHolders;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.pool.PoolShard;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The rows of `SHOW BLOCKERS`, and how many clients are silent within a transaction.
final class BlockerRows {

    private final Supplier<WeirConfig> config;
    private final PoolRegistry pools;
    private final LoopSurvey survey;

    BlockerRows(Supplier<WeirConfig> config, PoolRegistry pools, LoopSurvey survey) {
        this.config = config;
        this.pools = pools;
        this.survey = survey;
    }

    /// What all rows of a pool have in common.
    ///
    /// @param leakNanos from where on a client is leaking; 0 for nowhere
    private record Terms(
            Pool pool, int waiting, long leakNanos, int textBytes, boolean literals, long nowNanos, long nowMillis) {

        long micros(long agoNanos) {
            return (nowMillis - TimeUnit.NANOSECONDS.toMillis(agoNanos)) * 1000;
        }
    }

    CompletionStage<List<BlockerSnapshot>> read() {
        return survey.list(this::ofLoop);
    }

    private List<BlockerSnapshot> ofLoop(Worker worker) {
        List<BlockerSnapshot> rows = new ArrayList<>();
        for (Pool pool : pools.pools()) {
            Terms terms = terms(pool);
            for (ServerConnection server : pool.shard(worker).servers()) {
                BlockerSnapshot row = row(terms, server);
                if (row != null) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private Terms terms(Pool pool) {
        WeirConfig now = config.get();
        DatabaseConfig database = now.findDatabase(pool.key().database());
        return new Terms(
                pool,
                pool.shards().stream().mapToInt(PoolShard::waitingCount).sum(),
                database == null ? 0 : now.leakDetectionThreshold(database).toNanos(),
                now.get(InsightSettings.QUERY_TEXT_LENGTH),
                now.get(InsightSettings.QUERY_TEXT_LITERALS),
                System.nanoTime(),
                System.currentTimeMillis());
    }

    private static @Nullable BlockerSnapshot row(Terms terms, ServerConnection server) {
        return switch (server.user()) {
            case ClientLink link -> row(terms, server, link.session());
            case ReplicationSession session -> row(terms, server, session);
            case null, default -> null;
        };
    }

    private static BlockerSnapshot row(Terms terms, ServerConnection server, ClientSession session) {
        ClientClock clock = session.clock();
        PinHolder pins = terms.pool.pinned().find(session.login().id());
        long held = Math.max(0, terms.nowNanos - server.stateSinceNanos());
        BlockerState state;
        long stateNanos;
        if (clock.isQueryRunning()) {
            state = BlockerState.ACTIVE;
            stateNanos = clock.queryAgeNanos(terms.nowNanos);
        } else {
            stateNanos = Math.max(0, terms.nowNanos - clock.queryEndNanos());
            if (!clock.isTransactionOpen()) {
                state = pins == null ? BlockerState.IDLE : BlockerState.PINNED;
            } else {
                state = server.transactionStatus() == TransactionStatus.FAILED
                        ? BlockerState.IDLE_IN_FAILED_TRANSACTION
                        : BlockerState.IDLE_IN_TRANSACTION;
            }
        }
        return new BlockerSnapshot(
                terms.pool.key().database(),
                terms.pool.key().user(),
                session.login().id(),
                Endpoints.ofClient(session.remoteAddress(), session.localAddress())
                        .peer(),
                session.applicationName(),
                server.backendKey().pid(),
                state,
                pins == null
                        ? ""
                        : pins.holds().stream()
                                .map(hold -> hold.pin().toString())
                                .collect(Collectors.joining(", ")),
                terms.micros(held),
                held,
                clock.transactionAgeNanos(terms.nowNanos),
                stateNanos,
                clock.isIdleInTransaction() && terms.leakNanos > 0 && stateNanos >= terms.leakNanos,
                terms.waiting,
                server.session().running().text(terms.textBytes, terms.literals));
    }

    private static BlockerSnapshot row(Terms terms, ServerConnection server, ReplicationSession session) {
        Channel channel = session.channel();
        String name = session.login().settings().find("application_name");
        long held = Math.max(0, terms.nowNanos - server.stateSinceNanos());
        return new BlockerSnapshot(
                terms.pool.key().database(),
                terms.pool.key().user(),
                session.login().id(),
                Endpoints.ofClient(PeerIdentity.addressOf(channel), channel.localAddress())
                        .peer(),
                name == null ? "" : name,
                server.backendKey().pid(),
                BlockerState.REPLICATION,
                "",
                terms.micros(held),
                held,
                0,
                held,
                false,
                terms.waiting,
                "");
    }

    static List<HolderCountSnapshot> counts(PoolRegistry pools, ClientRegistry clients) {
        long nowNanos = System.nanoTime();
        SlowQueries slow = clients.slowQueries();
        return pools.pools().stream()
                .map(pool -> {
                    PoolHolders.Found found = pool.holders().total();
                    String database = pool.key().database();
                    String user = pool.key().user();
                    return new HolderCountSnapshot(
                            database,
                            user,
                            found.idleInTransaction(),
                            found.leaking(),
                            found.idleInTransaction() == 0 ? 0 : Math.max(0, nowNanos - found.sinceNanos()),
                            found.who(),
                            slow.count(database, user));
                })
                .toList();
    }
}
