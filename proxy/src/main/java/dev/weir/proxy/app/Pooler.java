package dev.weir.proxy.app;

import dev.weir.config.AuthType;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.NetworkSettings;
import dev.weir.config.setting.PeerSettings;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.console.Console;
import dev.weir.console.alert.Watch;
import dev.weir.console.http.AdminSite;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.Version;
import dev.weir.proxy.admin.ConsoleDoor;
import dev.weir.proxy.admin.Lifecycle;
import dev.weir.proxy.admin.LiveControl;
import dev.weir.proxy.admin.LiveProbe;
import dev.weir.proxy.admin.LiveView;
import dev.weir.proxy.admin.StatsLog;
import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.auth.pam.PamService;
import dev.weir.proxy.cancel.CancelConnections;
import dev.weir.proxy.cancel.CancelKeys;
import dev.weir.proxy.cancel.CancelRequests;
import dev.weir.proxy.cancel.OldProcesses;
import dev.weir.proxy.cancel.Peers;
import dev.weir.proxy.client.Authenticators;
import dev.weir.proxy.client.ClientBalance;
import dev.weir.proxy.client.ClientHandler;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.client.ClientServices;
import dev.weir.proxy.client.HolderWatch;
import dev.weir.proxy.client.LearnedSecrets;
import dev.weir.proxy.net.BoundListener;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.HostResolver;
import dev.weir.proxy.net.InheritedSockets;
import dev.weir.proxy.net.Listeners;
import dev.weir.proxy.net.MemoryBudget;
import dev.weir.proxy.net.ProxyTrust;
import dev.weir.proxy.net.ResolvConf;
import dev.weir.proxy.net.SocketOptions;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.ZoneWatch;
import dev.weir.proxy.pool.Housekeeping;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerConnector;
import dev.weir.proxy.server.ServerTarget;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.tls.TlsRefused;
import dev.weir.proxy.trace.SpanExport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running pooler: puts all parts together and takes them apart in the end. Thread-safe.
 */
public final class Pooler {

    private static final Logger LOGGER = LoggerFactory.getLogger(Pooler.class);

    private static final int SCRAM_KEYS_MAX = 10_000;

    private final AtomicReference<WeirConfig> config;
    private final EventLoops loops;
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    private final HostResolver resolver;
    private final Listeners listeners;
    private final Lifecycle lifecycle = new Lifecycle();
    private final SpanExport spans;
    private final LiveView view;
    private final LiveControl control;
    private final Console console;
    private final Watch watch;
    private final MetricsPages metrics;
    private final OldProcesses oldProcesses;
    private final Authenticators authenticators;
    private final TlsContexts tls = new TlsContexts();
    private final CompletableFuture<Integer> stopped = new CompletableFuture<>();
    private final AtomicReference<@Nullable ConsoleDoor> door = new AtomicReference<>();
    private final AtomicReference<Consumer<String>> onStats = new AtomicReference<>(line -> {});

    /** With the port that clients come to, as soon as there is one. */
    private volatile PoolerIdentity identity;

    private Pooler(
            WeirConfig initial,
            Path configFile,
            Map<String, String> environment,
            EventLoops loops,
            @Nullable ResolvConf names,
            InheritedSockets inherited) {
        config = new AtomicReference<>(initial);
        tls.begin(initial);
        this.loops = loops;
        Transport transport = loops.transport();
        SecureRandom random = new SecureRandom();
        ScramKeyCache keys = new ScramKeyCache(SCRAM_KEYS_MAX, random);
        ConnectionIds ids = new ConnectionIds();
        StatementTexts statements = new StatementTexts(() -> config.get().preparedStatementMemory());
        LearnedSecrets learned = new LearnedSecrets();
        resolver = new HostResolver(
                loops,
                names,
                () -> config.get().get(TimeoutSettings.DNS_MAX_TTL),
                () -> config.get().get(TimeoutSettings.DNS_NXDOMAIN_TTL));
        CancelConnections cancels =
                new CancelConnections(transport, () -> config.get().get(TimeoutSettings.CANCEL_WAIT_TIMEOUT), tls);
        ServerConnector connector =
                new ServerConnector(transport, resolver, this::socketOptions, keys, random, background, tls);
        PoolRegistry pools = new PoolRegistry(
                config::get,
                new Pool.Environment(loops.workers(), poolConnector(connector), cancels, ids, statements),
                learned::credentials);
        ClientRegistry clients = new ClientRegistry(loops.workers(), config::get);
        spans = clients.spans();
        CancelKeys cancelKeys = new CancelKeys(random, () -> config.get().get(PeerSettings.PEER_ID));
        oldProcesses = new OldProcesses(transport);
        Peers peers = new Peers(config::get, transport, resolver::resolve, tls);
        authenticators = Authenticators.create(learned, pools, config::get);
        ClientServices services = new ClientServices(
                config::get,
                pools,
                clients,
                cancelKeys,
                new CancelRequests(cancelKeys, peers, oldProcesses),
                statements,
                keys,
                authenticators,
                random,
                background,
                ids,
                MemoryBudget.ofThisProcess(),
                tls);
        services.prepareKeys();
        listeners = new Listeners(
                loops,
                initial.get(GeneralSettings.LISTEN_BACKLOG),
                initial.get(NetworkSettings.SO_REUSEPORT),
                inherited,
                (worker, kind) -> new ClientHandler(services, openDoor(), worker, kind, socketOptions()),
                this::proxyTrust);
        identity = identity(initial, 0);
        view = new LiveView(
                () -> identity,
                config::get,
                loops,
                pools,
                clients,
                listeners::bound,
                resolver,
                cancels,
                peers,
                statements,
                pools::isAllPaused,
                lifecycle::isSuspended,
                lifecycle::isShuttingDown,
                tls.counters());
        control = new LiveControl(
                config, configFile, environment, loops, pools, services, listeners, lifecycle, background, tls);
        watch = new Watch(view, config::get, initial.get(GeneralSettings.LISTEN_PORT));
        watch.autoscale(pools::resize);
        console = new Console(view, control, watch.board(), watch.advisor(), System::nanoTime);
        door.set(new ConsoleDoor(config::get, console, loops, cancelKeys));
        metrics = new MetricsPages(new AdminSite(view, new LiveProbe(pools), config::get, watch), background);
        lifecycle.whenHandedOver().thenRun(metrics::close);
        ZoneWatch.start(
                resolver,
                () -> config.get().get(TimeoutSettings.DNS_ZONE_CHECK_PERIOD),
                loops.workers().getFirst().loop());
        ClientBalance.start(config::get, loops, clients);
        new Housekeeping(pools, config::get).start(loops.workers());
        new HolderWatch(pools, config::get).start(loops.workers());
        new StatsLog(
                console,
                config::get,
                loops.workers().getFirst().loop(),
                line -> onStats.get().accept(line));
    }

    /**
     * Starts a pooler; returns when every listener is open.
     *
     * @param environment for {@code ${…}} in the configuration when it is read anew
     * @throws StartupFailed if a listener cannot be opened; nothing is left behind then
     */
    public static Pooler start(WeirConfig config, Path configFile, Map<String, String> environment)
            throws StartupFailed {
        return start(config, configFile, environment, SocketActivation.NONE);
    }

    /**
     * The same where a service manager has opened the sockets.
     *
     * @param activation if not empty, the only sockets to listen on for clients
     */
    public static Pooler start(
            WeirConfig config, Path configFile, Map<String, String> environment, SocketActivation activation)
            throws StartupFailed {
        Pooler pooler = listening(config, configFile, environment, new InheritedSockets(), activation);
        pooler.oldProcesses.remember(List.of());
        return pooler;
    }

    /**
     * Starts a pooler in the place of another one, whose sockets it takes over: from here on new clients come to this one, and
     * the other one ends with the last client that it has. Returns when that is so.
     *
     * @param claim runs when this pooler accepts clients and the other one does not yet know
     * @throws StartupFailed if it cannot start; the other one goes on as before
     */
    public static Pooler succeed(
            WeirConfig config, Path configFile, Map<String, String> environment, TakeOver takeOver, Runnable claim)
            throws StartupFailed {
        Pooler pooler = listening(config, configFile, environment, takeOver.sockets(), SocketActivation.NONE);
        pooler.listeners.acceptInherited();
        claim.run();
        pooler.oldProcesses.remember(takeOver.confirm());
        return pooler;
    }

    private static Pooler listening(
            WeirConfig config,
            Path configFile,
            Map<String, String> environment,
            InheritedSockets inherited,
            SocketActivation activation)
            throws StartupFailed {
        requirePam(config);
        boolean alone = inherited.isEmpty() && !config.get(NetworkSettings.SO_REUSEPORT);
        Pooler pooler =
                new Pooler(config, configFile, environment, LoopChoice.loops(config), resolvConf(config), inherited);
        reportDescriptors(config);
        try {
            pooler.tls.awaitFirst();
            pooler.control.obtainPasswords();
            int port = new ListenerOpening(config, activation, pooler.listeners, pooler.metrics).open(alone);
            PoolerIdentity unknown = pooler.identity;
            pooler.identity = new PoolerIdentity(unknown.version(), unknown.startedAt(), port, unknown.statsPeriod());
        } catch (IOException | TlsRefused e) {
            pooler.stop();
            throw new StartupFailed(String.valueOf(e.getMessage()), e);
        }
        pooler.watch.start();
        pooler.lifecycle.whenEnded().thenRunAsync(pooler::stop, pooler.background);
        return pooler;
    }

    private static void requirePam(WeirConfig config) throws StartupFailed {
        String obstacle = config.get(AuthSettings.AUTH_TYPE) == AuthType.PAM ? PamService.obstacle() : null;
        if (obstacle != null) {
            throw new StartupFailed(obstacle);
        }
    }

    private static Pool.Connector poolConnector(ServerConnector connector) {
        return new Pool.Connector() {
            @Override
            public void connect(ServerConnection server, ServerTarget target) {
                connector.connect(server, target);
            }

            @Override
            public boolean hasMoved(ServerConnection server) {
                return connector.hasMoved(server);
            }
        };
    }

    private static void reportDescriptors(WeirConfig config) {
        DescriptorNeed need = DescriptorNeed.now(config);
        if (need != null) {
            need.report(LOGGER);
        }
    }

    private static @Nullable ResolvConf resolvConf(WeirConfig config) throws StartupFailed {
        String file = config.get(NetworkSettings.RESOLV_CONF);
        try {
            return file.isEmpty() ? null : ResolvConf.read(Path.of(file));
        } catch (IOException e) {
            throw new StartupFailed(
                    "resolv_conf: " + (e instanceof NoSuchFileException ? file + " does not exist" : e.getMessage()),
                    e);
        }
    }

    private static PoolerIdentity identity(WeirConfig config, int listenPort) {
        return new PoolerIdentity(
                Version.number(), Instant.now(), listenPort, config.get(ConsoleSettings.STATS_PERIOD));
    }

    private ConsoleDoor openDoor() {
        ConsoleDoor opened = door.get();
        if (opened == null) {
            throw new IllegalStateException("not started");
        }
        return opened;
    }

    private ProxyTrust proxyTrust() {
        WeirConfig now = config.get();
        return new ProxyTrust(
                now.get(NetworkSettings.PROXY_PROTOCOL_NETWORKS), now.get(TimeoutSettings.CLIENT_LOGIN_TIMEOUT));
    }

    private SocketOptions socketOptions() {
        WeirConfig now = config.get();
        return new SocketOptions(
                now.get(NetworkSettings.TCP_KEEPALIVE),
                now.get(NetworkSettings.TCP_KEEPIDLE),
                now.get(NetworkSettings.TCP_KEEPINTVL),
                now.get(NetworkSettings.TCP_KEEPCNT),
                now.get(NetworkSettings.TCP_USER_TIMEOUT),
                Math.toIntExact(now.get(NetworkSettings.TCP_SOCKET_BUFFER).bytes()));
    }

    /** Reads the configuration anew; what is wrong with it goes to the log. Completes when that is done. */
    public CompletionStage<?> reload() {
        return control.reload().whenComplete((report, failure) -> {
            if (failure != null) {
                LOGGER.error("reload failed, the old configuration stays in force");
            }
        });
    }

    /** PAUSE of everything. */
    public void pause() {
        logRefusal(control.pause(null).done());
    }

    /** RESUME of everything. */
    public void resume() {
        logRefusal(control.resume(null));
    }

    private static void logRefusal(CompletionStage<Void> order) {
        order.whenComplete((done, failure) -> {
            if (failure != null) {
                LOGGER.info("{}", failure.getMessage());
            }
        });
    }

    /** Whether an orderly shutdown is under way. */
    public boolean isShuttingDown() {
        return lifecycle.isShuttingDown();
    }

    /** Whether clients are not read. */
    public boolean isSuspended() {
        return lifecycle.isSuspended();
    }

    /** {@code shutdown_drain_timeout}. */
    public Duration drainTimeout() {
        return config.get().get(GeneralSettings.SHUTDOWN_DRAIN_TIMEOUT);
    }

    /** Begins to end; a second order of the patient kinds ends at once. */
    public CompletionStage<Void> shutdown(ShutdownMode mode) {
        return control.shutdown(mode);
    }

    /** Completes when a shutdown begins. */
    public CompletionStage<Void> shutdownBegin() {
        return lifecycle.whenShutdownBegins();
    }

    /** Hands each line of statistics, one every {@code stats_period}, to {@code reader}. */
    public void tellStats(Consumer<String> reader) {
        onStats.set(reader);
    }

    /** Runs {@code sign} so often, as long as every event loop answers. */
    public void showLife(Duration interval, Runnable sign) {
        loops.workers()
                .getFirst()
                .loop()
                .scheduleAtFixedRate(() -> loops.passedOn().thenRun(sign), 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Completes with the exit status when everything is closed. */
    public CompletionStage<Integer> termination() {
        return stopped;
    }

    /** Where clients and operators are listened to. */
    public List<SocketAddress> listenAddresses() {
        return listeners.bound().stream().map(BoundListener::address).toList();
    }

    /** Where metrics are served. */
    public List<InetSocketAddress> metricsAddresses() {
        return metrics.addresses();
    }

    /** The listeners, by kind. */
    public List<BoundListener> listeners() {
        return listeners.bound();
    }

    private void stop() {
        listeners.closeAll();
        metrics.close();
        watch.close();
        resolver.close();
        authenticators.close();
        control.stopRefreshing();
        control.dropEverything()
                .whenComplete((dropped, failure) -> loops.stop()
                        .thenCompose(off -> spans.close())
                        .thenRun(() -> {
                            background.shutdownNow();
                            stopped.complete(0);
                        }));
    }
}
