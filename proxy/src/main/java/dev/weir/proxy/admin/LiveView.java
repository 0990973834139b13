package dev.weir.proxy.admin;

import dev.weir.config.PeerConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.PeerSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.console.port.BlockerSnapshot;
import dev.weir.console.port.ClientSnapshot;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.DnsHostSnapshot;
import dev.weir.console.port.DnsZoneSnapshot;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.ListenSnapshot;
import dev.weir.console.port.ListenerSnapshot;
import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.port.LoginFailureSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PeerPoolSnapshot;
import dev.weir.console.port.PeerSnapshot;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.PinSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.QuerySnapshot;
import dev.weir.console.port.ServerSnapshot;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.console.port.SlowQuerySnapshot;
import dev.weir.console.port.SpanSnapshot;
import dev.weir.console.port.StatsSnapshot;
import dev.weir.console.port.TlsSnapshot;
import dev.weir.console.port.UserSnapshot;
import dev.weir.proxy.cancel.CancelConnections;
import dev.weir.proxy.cancel.PeerPool;
import dev.weir.proxy.cancel.Peers;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.net.BoundListener;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.HostResolver;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.tls.TlsCounters;
import dev.weir.proxy.trace.SpanCounts;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The running pooler as the console sees it. What is confined to event loops is read on them, by [LoopSurvey]; the
/// rest
/// is atomic. Thread-safe, never locks, never blocks. A loop that does not answer within seconds fails the stage with
/// [dev.weir.console.port.CommandRefused].
public final class LiveView implements PoolerView {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<PoolerIdentity> identity;
    private final Supplier<WeirConfig> config;
    private final PoolRegistry pools;
    private final ClientRegistry clients;
    private final Supplier<List<BoundListener>> listeners;
    private final HostResolver resolver;
    private final CancelConnections cancels;
    private final Peers peers;
    private final StatementTexts statements;
    private final BooleanSupplier paused;
    private final BooleanSupplier suspended;
    private final BooleanSupplier shuttingDown;
    private final TlsCounters tls;
    private final PoolRows poolRows;
    private final StatsRows statsRows;
    private final ClientRows clientRows;
    private final ServerRows serverRows;
    private final QueryRows queryRows;
    private final BlockerRows blockerRows;

    /// A view of the pooler made of these parts.
    ///
    /// @param listeners what is being listened on
    /// @param paused whether PAUSE of all databases is in force or under way
    /// @param suspended whether clients are not read
    /// @param shuttingDown whether an orderly shutdown is under way
    /// @param tls what is counted about TLS
    public LiveView(
            Supplier<PoolerIdentity> identity,
            Supplier<WeirConfig> config,
            EventLoops loops,
            PoolRegistry pools,
            ClientRegistry clients,
            Supplier<List<BoundListener>> listeners,
            HostResolver resolver,
            CancelConnections cancels,
            Peers peers,
            StatementTexts statements,
            BooleanSupplier paused,
            BooleanSupplier suspended,
            BooleanSupplier shuttingDown,
            TlsCounters tls) {
        this.identity = identity;
        this.config = config;
        this.pools = pools;
        this.clients = clients;
        this.listeners = listeners;
        this.resolver = resolver;
        this.cancels = cancels;
        this.peers = peers;
        this.statements = statements;
        this.paused = paused;
        this.suspended = suspended;
        this.shuttingDown = shuttingDown;
        this.tls = tls;
        LoopSurvey survey = new LoopSurvey(clients.census(), PATIENCE);
        this.poolRows = new PoolRows(config, pools, survey);
        this.statsRows = new StatsRows(pools, survey);
        this.clientRows = new ClientRows(clients, survey);
        this.serverRows = new ServerRows(pools, survey);
        this.queryRows = new QueryRows(clients, survey);
        this.blockerRows = new BlockerRows(config, pools, survey);
    }

    @Override
    public TlsSnapshot tls() {
        return new TlsSnapshot(tls.clientHandshakeFailures(), tls.serverHandshakeFailures());
    }

    @Override
    public SpanSnapshot spans() {
        SpanCounts counts = clients.spans().counts();
        return new SpanSnapshot(counts.sent(), counts.dropped(), counts.failed());
    }

    @Override
    public PoolerIdentity identity() {
        return identity.get();
    }

    @Override
    public CompletionStage<PoolerState> state() {
        return now(new PoolerState(
                paused.getAsBoolean(), suspended.getAsBoolean(), shuttingDown.getAsBoolean(), clients.consoles()));
    }

    @Override
    public CompletionStage<List<SettingSnapshot>> settings() {
        return now(config.get().global().rows().stream()
                .map(row -> new SettingSnapshot(row.key(), row.value(), row.defaultValue(), row.changeable()))
                .toList());
    }

    @Override
    public CompletionStage<List<PoolSnapshot>> pools() {
        return poolRows.read();
    }

    @Override
    public CompletionStage<List<ClientSnapshot>> clients() {
        return clientRows.read();
    }

    @Override
    public CompletionStage<List<ServerSnapshot>> servers() {
        return serverRows.read();
    }

    @Override
    public CompletionStage<List<DatabaseSnapshot>> databases() {
        return now(DatabaseRows.read(config.get(), pools));
    }

    @Override
    public CompletionStage<List<UserSnapshot>> users() {
        return now(UserRows.read(config.get(), pools));
    }

    @Override
    public CompletionStage<List<ListenerSnapshot>> listeners() {
        return now(listeners.get().stream()
                .filter(listener -> listener.descriptor() >= 0)
                .map(listener -> new ListenerSnapshot(listener.descriptor(), Endpoints.ofListener(listener.address())))
                .toList());
    }

    @Override
    public CompletionStage<List<PinSnapshot>> pins() {
        return now(PinRows.read(pools));
    }

    @Override
    public CompletionStage<List<PinCountSnapshot>> pinCounts() {
        return now(PinRows.counts(pools));
    }

    @Override
    public CompletionStage<List<QuerySnapshot>> queries() {
        return queryRows.read();
    }

    @Override
    public CompletionStage<List<SlowQuerySnapshot>> slowQueries() {
        return now(queryRows.slow());
    }

    @Override
    public CompletionStage<List<BlockerSnapshot>> blockers() {
        return blockerRows.read();
    }

    @Override
    public CompletionStage<List<HolderCountSnapshot>> holderCounts() {
        return now(BlockerRows.counts(pools, clients));
    }

    @Override
    public CompletionStage<List<ListenSnapshot>> listening() {
        return now(pools.pools().stream()
                .map(pool -> new ListenSnapshot(
                        pool.key().database(),
                        pool.key().user(),
                        pool.listening().channels(),
                        pool.listening().notifications()))
                .toList());
    }

    @Override
    public CompletionStage<List<StatsSnapshot>> stats() {
        return statsRows.read();
    }

    @Override
    public CompletionStage<List<LoginFailureSnapshot>> loginFailures() {
        return now(clients.loginFailures().read(LoginFailureSnapshot::new));
    }

    @Override
    public CompletionStage<ListsSnapshot> lists() {
        WeirConfig now = config.get();
        return now(new ListsSnapshot(
                DatabaseRows.read(now, pools).size(),
                UserRows.read(now, pools).size(),
                now.peers().size(),
                pools.pools().size(),
                peers.pools().size(),
                loggedIn(),
                clients.loggingIn(),
                serverConnections(),
                resolver.entries().size(),
                resolver.zones().size(),
                resolver.pending(),
                0));
    }

    @Override
    public CompletionStage<List<MemorySnapshot>> memory() {
        return now(MemoryRows.read(
                statements,
                pools.users().size(),
                pools.databases().size(),
                pools.pools().size(),
                clients.connections() + clients.consoles(),
                serverConnections()));
    }

    @Override
    public CompletionStage<List<DnsHostSnapshot>> dnsHosts() {
        long nowNanos = System.nanoTime();
        return now(resolver.entries().stream()
                .map(entry -> new DnsHostSnapshot(
                        entry.host(),
                        Duration.ofNanos(Math.max(0, entry.untilNanos() - nowNanos))
                                .toSeconds(),
                        entry.addresses().stream()
                                .map(InetAddress::getHostAddress)
                                .toList()))
                .toList());
    }

    @Override
    public CompletionStage<List<DnsZoneSnapshot>> dnsZones() {
        return now(resolver.zones().stream()
                .map(zone -> new DnsZoneSnapshot(zone.name(), zone.serial(), zone.hosts()))
                .toList());
    }

    @Override
    public CompletionStage<List<PeerSnapshot>> peers() {
        WeirConfig now = config.get();
        return now(now.peers().values().stream().map(peer -> peer(now, peer)).toList());
    }

    private static PeerSnapshot peer(WeirConfig config, PeerConfig peer) {
        Integer poolSize = peer.values().find(PoolSettings.POOL_SIZE);
        return new PeerSnapshot(
                peer.id(),
                String.join(",", peer.values().get(DatabaseSettings.HOST)),
                peer.values().get(PeerSettings.PEER_PORT),
                poolSize == null ? config.get(PoolSettings.DEFAULT_POOL_SIZE) : poolSize);
    }

    @Override
    public CompletionStage<List<PeerPoolSnapshot>> peerPools() {
        return now(peers.pools().stream()
                .map(pool -> {
                    PeerPool.Load load = pool.load();
                    return new PeerPoolSnapshot(
                            pool.peerId(),
                            load.sent(),
                            load.waiting() + load.connecting(),
                            load.sent(),
                            load.connecting());
                })
                .toList());
    }

    /// Clients that are logged in, console sessions included.
    private int loggedIn() {
        return Math.max(0, clients.connections() - clients.loggingIn()) + clients.consoles();
    }

    /// Server connections, and those that carry cancel requests.
    private int serverConnections() {
        return cancels.open()
                + pools.pools().stream()
                        .map(Pool::servers)
                        .mapToInt(servers -> servers.used())
                        .sum();
    }

    private static <T> CompletionStage<T> now(T answer) {
        return CompletableFuture.completedStage(answer);
    }
}
