package dev.weir.proxy.pool;

import dev.weir.config.ServerAddress;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.server.CancelSender;
import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerCredentials;
import dev.weir.proxy.server.ServerIdentity;
import dev.weir.proxy.server.ServerOwner;
import dev.weir.proxy.server.ServerTarget;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.wire.PgError;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The server connections of one database and role, over all event loops: their limits and common knowledge. Each event loop
 * has a {@link PoolShard} with the servers and waiting clients that live there.
 *
 * <p>Thread-safe: everything here is atomic or an immutable value that is replaced whole.
 */
public final class Pool {

    /** Opens connections to PostgreSQL. */
    @FunctionalInterface
    public interface Connector {

        /** Starts to connect; {@code server} hears what becomes of it. Called on the server's loop. */
        void connect(ServerConnection server, ServerTarget target);

        /** Whether the name that the server was found under leads elsewhere by now. Called on the server's loop. */
        default boolean hasMoved(ServerConnection server) {
            return false;
        }
    }

    /** What all pools share. */
    public record Environment(
            List<Worker> workers,
            Connector connector,
            CancelSender cancels,
            ConnectionIds ids,
            StatementTexts statements) {}

    private final PoolKey key;
    private final PooledDatabase database;
    private final PoolGroup user;
    private final Environment environment;
    private final Supplier<ServerCredentials> credentials;
    private final List<PoolShard> shards;
    private final ListenCounters listening = new ListenCounters();
    private final Budget servers = new Budget(() -> this.rules().size());
    private final Budget connecting = new Budget(() -> this.rules().connectConcurrency());
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicLong retiredNanos = new AtomicLong(System.nanoTime() - Long.MAX_VALUE / 4);
    private final ProvenSettings provenSettings = new ProvenSettings();
    private final PinnedServers pinned = new PinnedServers();
    private final PoolHolders holders;
    private final HostChoice hosts = new HostChoice();
    private volatile PoolRules rules;
    private volatile boolean sequencesRead;
    private final AtomicInteger epoch = new AtomicInteger();
    private volatile @Nullable ReportedParameters welcome;
    private volatile long usedNanos = System.nanoTime();
    private volatile @Nullable String lastFailure;
    private final AtomicBoolean probeAsked = new AtomicBoolean();

    /** @param credentials what is known now of the role's password */
    public Pool(
            PoolKey key,
            PooledDatabase database,
            PoolGroup user,
            PoolRules rules,
            Supplier<ServerCredentials> credentials,
            Environment environment) {
        this.key = key;
        this.database = database;
        this.user = user;
        this.rules = rules;
        this.credentials = credentials;
        this.environment = environment;
        this.holders = new PoolHolders(environment.workers().size());
        database.group().add(this);
        user.add(this);
        this.shards = environment.workers().stream()
                .map(worker -> new PoolShard(this, worker))
                .toList();
    }

    /** The part on a worker. */
    public PoolShard shard(Worker worker) {
        return shards.get(worker.index());
    }

    public List<PoolShard> shards() {
        return shards;
    }

    public PoolKey key() {
        return key;
    }

    public PooledDatabase database() {
        return database;
    }

    /** What to ask a server of this pool now, null for nothing. */
    @Nullable
    FunctionSurvey surveyDue() {
        return rules.surveyInterval().isZero() || clients.get() == 0
                ? null
                : database.functions().begin(hasWaiters());
    }

    /** Whether anybody waits for a server. */
    private boolean hasWaiters() {
        for (PoolShard shard : shards) {
            if (shard.waitingCount() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Called a few times a second on each shard's loop. */
    void watchFunctions(PoolShard shard, long nowNanos) {
        FunctionWatch functions = database.functions();
        functions.onTick(nowNanos, rules.surveyInterval());
        if (functions.keepsOthersWaiting(nowNanos)
                && database.group().pools().stream().anyMatch(Pool::hasWaiters)) {
            shard.servers().forEach(server -> server.release().interruptSurvey());
        }
    }

    /** Whether clients ask what they have drawn last from a sequence. */
    public boolean readsSequences() {
        return sequencesRead;
    }

    /** A client asks. */
    public void onSequencesRead() {
        if (!sequencesRead) {
            sequencesRead = true;
        }
    }

    /** The names that may do more to a session than a text shows; none if that is not looked for. */
    public SuspectNames suspects() {
        return rules.surveyInterval().isZero()
                ? SuspectNames.NONE
                : database.functions().names();
    }

    public PoolGroup user() {
        return user;
    }

    public PoolRules rules() {
        return rules;
    }

    /** Server connections, those being opened included. */
    public Budget servers() {
        return servers;
    }

    /** Settings that servers of this pool have accepted. */
    public ProvenSettings provenSettings() {
        return provenSettings;
    }

    /** Servers that clients keep between transactions. */
    public PinnedServers pinned() {
        return pinned;
    }

    /** Who is silent within a transaction. */
    public PoolHolders holders() {
        return holders;
    }

    Budget connecting() {
        return connecting;
    }

    /** How long no host may be tried; 0 for now. */
    public long pauseNanos(long nowNanos) {
        return hosts.remainingNanos(rules.addresses(), nowNanos);
    }

    /** A host could not be reached or refused the login. */
    public void onHostFailed(ServerAddress host, String failure) {
        hosts.onFailure(host, System.nanoTime(), rules.loginRetry().toNanos());
        lastFailure = failure;
    }

    /** A host let us in. */
    public void onHostWorks(ServerAddress host) {
        hosts.onSuccess(host);
        lastFailure = null;
    }

    /** Number of logged-in clients. */
    public AtomicInteger clients() {
        return clients;
    }

    /** Number of servers that are logged in. */
    AtomicInteger live() {
        return live;
    }

    /** Whether it has had neither clients nor servers for so long. */
    boolean isUnusedFor(Duration length, long nowNanos) {
        if (clients.get() > 0 || servers.used() > 0) {
            usedNanos = nowNanos;
            return false;
        }
        return nowNanos - usedNanos > length.toNanos();
    }

    /** Generation of the servers: those of an older one are closed when they become free. */
    int epoch() {
        return epoch.get();
    }

    /** Whether no server may be assigned. */
    public boolean isPaused() {
        return database.isPaused();
    }

    /** What the last attempt to connect failed with, null after a success. */
    public @Nullable String lastFailure() {
        return lastFailure;
    }

    /** Has one of the shards try again whether a server can be had, if there is none and the last attempt failed. Thread-safe. */
    public void probe() {
        probeAsked.set(lastFailure != null && servers.used() == 0);
    }

    /** Whether somebody has asked for that; answers so only once. */
    boolean takesProbe() {
        return probeAsked.get() && probeAsked.compareAndSet(true, false);
    }

    /** What a server reported at login, for the welcome of clients; null before the first login. */
    public @Nullable ReportedParameters welcome() {
        return welcome;
    }

    /** A server has logged in; answers what clients are welcomed with. */
    ReportedParameters offerWelcome(ReportedParameters reported) {
        ReportedParameters first = welcome;
        if (first != null) {
            return first;
        }
        welcome = reported;
        shards.forEach(shard -> shard.worker().run(shard::onWelcome));
        return reported;
    }

    /** Takes over new rules; servers that do not fit any more are closed as they become free. */
    public void apply(PoolRules next) {
        PoolRules before = rules;
        rules = next;
        if (next.needsOtherServersThan(before)) {
            renewServers();
        }
        servers.tellNext();
        connecting.tellNext();
        shards.forEach(shard -> shard.worker().run(shard::onRulesChanged));
    }

    /** RECONNECT: every server is closed when it becomes free, idle ones now; what clients are welcomed with is asked anew. */
    public void renewServers() {
        epoch.incrementAndGet();
        welcome = null;
        database.functions().onRedefined();
        shards.forEach(shard -> shard.worker().run(shard::onRenewed));
    }

    /** A server to be: takes its permits' place; the caller holds them. False if no host may be tried now. */
    boolean open(PoolShard shard) {
        PoolRules now = rules;
        ServerAddress host = hosts.choose(now.addresses(), now.balance(), System.nanoTime());
        if (host == null) {
            return false;
        }
        ServerConnection server = create(shard, host, now.startupParameters(), now.connectQuery());
        shard.adopt(server);
        environment.connector().connect(server, server.target());
        return true;
    }

    /**
     * Connects for somebody who needs a server connection apart from the pool's. It counts for the limits of the database and
     * the user, which it may exceed by one; {@link #onApartClosed} follows. Called on the owner's loop.
     *
     * @param parameters of the startup packet, in place of the pool's own of the same names
     * @return false if no host may be tried now, or too many connections are open
     */
    public boolean openApart(ServerOwner owner, Map<String, String> parameters) {
        PoolRules now = rules;
        if (isPaused() || !user.servers().tryAcquire(1)) {
            return false;
        }
        if (!database.group().servers().tryAcquire(1)) {
            user.servers().release();
            return false;
        }
        ServerAddress host = hosts.choose(now.addresses(), now.balance(), System.nanoTime());
        if (host == null) {
            onApartClosed();
            return false;
        }
        ServerConnection server = create(owner, host, with(parameters), now.connectQuery());
        environment.connector().connect(server, server.target());
        return true;
    }

    private Map<String, String> with(Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>(rules.startupParameters());
        all.putAll(parameters);
        return all;
    }

    /** A server that only {@code owner} will use; it holds the permits. False if no host may be tried now. */
    boolean openDedicated(DedicatedServer owner, Map<String, String> parameters, String connectQuery) {
        PoolRules now = rules;
        ServerAddress host = hosts.choose(now.addresses(), now.balance(), System.nanoTime());
        if (host == null) {
            return false;
        }
        ServerConnection server = create(owner, host, with(parameters), connectQuery);
        owner.adopt(server);
        environment.connector().connect(server, server.target());
        return true;
    }

    /** A connection that {@link #openApart} has begun to open is gone. Thread-safe. */
    public void onApartClosed() {
        database.group().servers().release();
        user.servers().release();
    }

    private ServerConnection create(
            ServerOwner owner, ServerAddress host, Map<String, String> parameters, String connectQuery) {
        ServerTarget target = new ServerTarget(
                key.database(), host, rules.serverDatabase(), key.user(), credentials.get(), parameters, connectQuery);
        return new ServerConnection(
                ServerIdentity.now(environment.ids().next(), target, epoch.get()),
                owner,
                new ServerStatements(environment.statements(), database::schema),
                environment.cancels());
    }

    /** Whether a server is of an earlier target, or its host is not where its name says any more. */
    public boolean hasLeftBehind(ServerConnection server) {
        return server.identity().epoch() != epoch() || environment.connector().hasMoved(server);
    }

    /** What its clients listen on. */
    public ListenCounters listening() {
        return listening;
    }

    /** Whether a server may now be retired for its age: such closings keep their distance, so a pool never empties at once. */
    boolean mayRetire(long nowNanos) {
        long gap = rules.server().lifetime().toNanos() / Math.max(1, rules.size());
        long last = retiredNanos.get();
        return nowNanos - last >= gap && retiredNanos.compareAndSet(last, nowNanos);
    }

    /** PostgreSQL refuses for good and no server is left: everybody who waits hears why. */
    void refuseAll(PgError error) {
        shards.forEach(shard -> shard.worker().run(() -> shard.refuseWaiters(error)));
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
