package dev.weir.console;

import dev.weir.config.PoolMode;
import dev.weir.console.port.BlockerSnapshot;
import dev.weir.console.port.BlockerState;
import dev.weir.console.port.BufferSnapshot;
import dev.weir.console.port.ClientSnapshot;
import dev.weir.console.port.ClientState;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.ConnectionSnapshot;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.DnsHostSnapshot;
import dev.weir.console.port.DnsZoneSnapshot;
import dev.weir.console.port.Endpoint;
import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.ListenSnapshot;
import dev.weir.console.port.ListenerSnapshot;
import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.port.LoginFailureSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PeerPoolSnapshot;
import dev.weir.console.port.PeerSnapshot;
import dev.weir.console.port.PendingAction;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.PinSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerControl;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.QuerySnapshot;
import dev.weir.console.port.ReloadReport;
import dev.weir.console.port.ReplicationMode;
import dev.weir.console.port.ServerSnapshot;
import dev.weir.console.port.ServerState;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.port.ShutdownMode;
import dev.weir.console.port.SlowQuerySnapshot;
import dev.weir.console.port.SpanSnapshot;
import dev.weir.console.port.StatsSnapshot;
import dev.weir.console.port.TlsSnapshot;
import dev.weir.console.port.UserSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A pooler that consists of what a test puts into it, and that writes down what it is told to do.
public final class InMemoryPooler implements PoolerView, PoolerControl {

    /// 2023-11-14 22:13:20 UTC.
    public static final long CONNECTED_AT = 1_700_000_000_000_000L;

    public final List<PoolSnapshot> pools = new ArrayList<>();
    public final List<ListenerSnapshot> listeners = new ArrayList<>();
    public final List<ClientSnapshot> clients = new ArrayList<>();
    public final List<ServerSnapshot> servers = new ArrayList<>();
    public final List<DatabaseSnapshot> databases = new ArrayList<>();
    public final List<UserSnapshot> users = new ArrayList<>();
    public final List<PinSnapshot> pins = new ArrayList<>();
    public final List<PinCountSnapshot> pinCounts = new ArrayList<>();
    public final List<QuerySnapshot> queries = new ArrayList<>();
    public final List<SlowQuerySnapshot> slowQueries = new ArrayList<>();
    public final List<BlockerSnapshot> blockers = new ArrayList<>();
    public final List<HolderCountSnapshot> holderCounts = new ArrayList<>();
    public final List<ListenSnapshot> listening = new ArrayList<>();
    public final List<StatsSnapshot> stats = new ArrayList<>();
    public final List<LoginFailureSnapshot> loginFailures = new ArrayList<>();
    public final List<MemorySnapshot> memory = new ArrayList<>();
    public final List<DnsHostSnapshot> dnsHosts = new ArrayList<>();
    public final List<DnsZoneSnapshot> dnsZones = new ArrayList<>();
    public final List<PeerSnapshot> peers = new ArrayList<>();
    public final List<PeerPoolSnapshot> peerPools = new ArrayList<>();
    public final Map<String, String> settings = new TreeMap<>(Map.of("pool_mode", "session", "listen_port", "6432"));
    public PoolerState state = new PoolerState(false, false, false, 1);
    public ListsSnapshot lists = new ListsSnapshot(2, 3, 0, 4, 0, 5, 6, 7, 8, 0, 9, 10);

    /// Whether it gives no answer about its pools, as if its event loops hung.
    public boolean silent;

    /// What was ordered, a line each.
    public final List<String> orders = new ArrayList<>();
    /// Completes PAUSE, SUSPEND and WAIT_CLOSE.
    public CompletableFuture<Void> pending = CompletableFuture.completedFuture(null);
    /// What every action fails with, if anything.
    public @Nullable RuntimeException failure;

    /// A statement that was executed twice.
    public static QuerySnapshot query(String database, long fingerprint, long totalNanos) {
        HistogramSnapshot times =
                HistogramSnapshot.of(new long[] {1_000_000, 10_000_000}, new long[] {1, 1, 0}, totalNanos);
        return new QuerySnapshot(
                database,
                "alice",
                fingerprint,
                "select $1",
                2,
                1,
                20,
                300,
                4000,
                5000,
                times,
                totalNanos,
                CONNECTED_AT,
                CONNECTED_AT + 1);
    }

    /// A client that has a server.
    public static BlockerSnapshot blocker(long clientId, BlockerState state, boolean leaking) {
        return new BlockerSnapshot(
                "shop",
                "alice",
                clientId,
                new Endpoint("10.0.0.7", 50_000),
                "app",
                4711,
                state,
                "",
                CONNECTED_AT,
                9_000_000_000L,
                8_000_000_000L,
                7_000_000_000L,
                leaking,
                2,
                "update t set x = $1");
    }

    public static PoolSnapshot pool(String database, String user) {
        return new PoolSnapshot(
                database,
                user,
                PoolMode.TRANSACTION,
                20,
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                10,
                11,
                3_000_042_999L,
                null,
                null);
    }

    public static DatabaseSnapshot database(String name) {
        return database(name, "db1");
    }

    public static DatabaseSnapshot database(String name, @Nullable String host) {
        return new DatabaseSnapshot(
                name, host, 5432, "real_" + name, null, 20, 1, 2, 3600, null, null, 30, 3, 40, 4, true, false, 97);
    }

    public static StatsSnapshot stats(String database, String user, long factor) {
        HistogramSnapshot histogram = HistogramSnapshot.of(
                new long[] {1_000_000, 1_000_000_000}, new long[] {factor, 2 * factor, 0}, 500_000_000 * factor);
        return new StatsSnapshot(
                database,
                user,
                10 * factor,
                factor,
                4 * factor,
                5 * factor,
                factor,
                2 * factor,
                20 * factor,
                30 * factor,
                4000 * factor,
                5000 * factor,
                60_000_000 * factor,
                30_000_000 * factor,
                10_000_000 * factor,
                7 * factor,
                8 * factor,
                9 * factor,
                2 * factor,
                histogram,
                histogram,
                histogram,
                histogram);
    }

    public static ConnectionSnapshot connection(long id, long link) {
        return connection(id, link, "shop");
    }

    private static ConnectionSnapshot connection(long id, long link, String database) {
        return new ConnectionSnapshot(
                id,
                link,
                "alice",
                database,
                ReplicationMode.NONE,
                new Endpoint("127.0.0.1", 40_000),
                Endpoint.unix(6432),
                CONNECTED_AT,
                0,
                1_500_000_000L,
                true,
                4711,
                "TLSv1.3/TLS_AES_256_GCM_SHA384",
                "app",
                3,
                new BufferSnapshot(10, 20, 30));
    }

    public static ClientSnapshot client(long id, ClientState clientState) {
        return new ClientSnapshot(clientState, connection(id, 0));
    }

    public static ClientSnapshot console(long id) {
        return new ClientSnapshot(ClientState.IDLE, connection(id, 0, "pgbouncer"));
    }

    public static ServerSnapshot server(long id, ServerState serverState) {
        return new ServerSnapshot(serverState, connection(id, 1));
    }

    @Override
    public PoolerIdentity identity() {
        return new PoolerIdentity("0.1.0", Instant.ofEpochSecond(1_700_000_000), 6432, Duration.ofSeconds(60));
    }

    @Override
    public CompletionStage<PoolerState> state() {
        return now(state);
    }

    @Override
    public CompletionStage<List<SettingSnapshot>> settings() {
        return now(settings.entrySet().stream()
                .map(entry -> new SettingSnapshot(
                        entry.getKey(),
                        entry.getValue(),
                        "default",
                        !entry.getKey().startsWith("listen")))
                .toList());
    }

    @Override
    public CompletionStage<List<PoolSnapshot>> pools() {
        return silent ? new CompletableFuture<>() : now(List.copyOf(pools));
    }

    @Override
    public CompletionStage<List<ClientSnapshot>> clients() {
        return now(List.copyOf(clients));
    }

    @Override
    public CompletionStage<List<ServerSnapshot>> servers() {
        return now(List.copyOf(servers));
    }

    @Override
    public CompletionStage<List<DatabaseSnapshot>> databases() {
        return now(List.copyOf(databases));
    }

    @Override
    public CompletionStage<List<UserSnapshot>> users() {
        return now(List.copyOf(users));
    }

    @Override
    public CompletionStage<List<ListenerSnapshot>> listeners() {
        return now(List.copyOf(listeners));
    }

    @Override
    public CompletionStage<List<PinSnapshot>> pins() {
        return now(List.copyOf(pins));
    }

    @Override
    public CompletionStage<List<QuerySnapshot>> queries() {
        return now(List.copyOf(queries));
    }

    @Override
    public CompletionStage<List<SlowQuerySnapshot>> slowQueries() {
        return now(List.copyOf(slowQueries));
    }

    @Override
    public CompletionStage<List<BlockerSnapshot>> blockers() {
        return now(List.copyOf(blockers));
    }

    @Override
    public CompletionStage<List<HolderCountSnapshot>> holderCounts() {
        return now(List.copyOf(holderCounts));
    }

    @Override
    public CompletionStage<List<ListenSnapshot>> listening() {
        return now(List.copyOf(listening));
    }

    @Override
    public CompletionStage<List<PinCountSnapshot>> pinCounts() {
        return now(List.copyOf(pinCounts));
    }

    @Override
    public CompletionStage<List<StatsSnapshot>> stats() {
        return now(List.copyOf(stats));
    }

    @Override
    public CompletionStage<List<LoginFailureSnapshot>> loginFailures() {
        return now(List.copyOf(loginFailures));
    }

    @Override
    public CompletionStage<ListsSnapshot> lists() {
        return now(lists);
    }

    @Override
    public CompletionStage<List<MemorySnapshot>> memory() {
        return now(List.copyOf(memory));
    }

    @Override
    public CompletionStage<List<DnsHostSnapshot>> dnsHosts() {
        return now(List.copyOf(dnsHosts));
    }

    @Override
    public SpanSnapshot spans() {
        return new SpanSnapshot(30, 2, 1);
    }

    @Override
    public TlsSnapshot tls() {
        return new TlsSnapshot(2, 1);
    }

    @Override
    public CompletionStage<List<DnsZoneSnapshot>> dnsZones() {
        return now(List.copyOf(dnsZones));
    }

    @Override
    public CompletionStage<List<PeerSnapshot>> peers() {
        return now(List.copyOf(peers));
    }

    @Override
    public CompletionStage<List<PeerPoolSnapshot>> peerPools() {
        return now(List.copyOf(peerPools));
    }

    @Override
    public PendingAction pause(@Nullable String database) {
        return waiting("pause " + database);
    }

    @Override
    public CompletionStage<Void> resume(@Nullable String database) {
        return order("resume " + database);
    }

    @Override
    public PendingAction suspend() {
        return waiting("suspend");
    }

    @Override
    public CompletionStage<Void> reconnect(@Nullable String database) {
        return order("reconnect " + database);
    }

    @Override
    public CompletionStage<ReloadReport> reload() {
        return order("reload").thenApply(_ -> new ReloadReport(List.of("pool_mode changed")));
    }

    @Override
    public CompletionStage<Void> disable(String database) {
        return order("disable " + database);
    }

    @Override
    public CompletionStage<Void> enable(String database) {
        return order("enable " + database);
    }

    @Override
    public CompletionStage<Void> kill(@Nullable String database) {
        return order("kill " + database);
    }

    @Override
    public CompletionStage<Void> killClient(long id) {
        return order("kill client " + id);
    }

    @Override
    public CompletionStage<Void> resetQueries() {
        return order("reset queries");
    }

    @Override
    public PendingAction waitClose(@Nullable String database) {
        return waiting("wait close " + database);
    }

    @Override
    public CompletionStage<Void> shutdown(ShutdownMode mode) {
        return order("shutdown " + mode);
    }

    @Override
    public CompletionStage<ReloadReport> set(String key, String value) {
        return order("set " + key + "=" + value).thenApply(_ -> ReloadReport.NOTHING);
    }

    private PendingAction waiting(String order) {
        orders.add(order);
        CompletableFuture<Void> done = pending;
        return new PendingAction() {
            @Override
            public CompletionStage<Void> done() {
                return failure == null ? done : CompletableFuture.failedStage(failure);
            }

            @Override
            public void undo() {
                orders.add("undo " + order);
                done.completeExceptionally(new CommandRefused("undone"));
            }
        };
    }

    private CompletionStage<Void> order(String order) {
        orders.add(order);
        return failure == null ? CompletableFuture.completedStage(null) : CompletableFuture.failedStage(failure);
    }

    private static <T> CompletionStage<T> now(T value) {
        return CompletableFuture.completedStage(value);
    }
}
