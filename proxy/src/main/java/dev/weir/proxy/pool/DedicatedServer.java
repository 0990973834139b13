package dev.weir.proxy.pool;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerLoss;
import dev.weir.proxy.server.ServerOwner;
import dev.weir.proxy.server.ServerRules;
import dev.weir.proxy.server.ServerState;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.Replication;
import dev.weir.proxy.wire.SqlState;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server connection for one replication client: opened for it, counted with the pool's, given to nobody else, and closed with
 * it. Where the limits leave no room, an idle server of the pool gives way, or it waits for its turn. Confined to the event loop
 * of its shard.
 */
public final class DedicatedServer implements ServerOwner, Budget.Applicant {

    private static final long LOOK_MILLIS = 200;

    /** Who it is for. Called on the event loop. */
    public interface Events {

        /** It is logged in; to be linked. */
        void onOpened(ServerConnection server);

        /** PostgreSQL refuses; nothing else follows. */
        void onRefused(PgError error);

        /** It is to be closed as soon as that does no harm: its target is another by now. Called again and again. */
        void onOutdated();
    }

    private final PoolShard shard;
    private final Pool pool;
    private final Replication replication;
    private final Map<String, String> parameters;
    private final Events events;
    private final long sinceNanos = System.nanoTime();
    private @Nullable ServerConnection server;
    private @Nullable Future<?> nextLook;
    private boolean opening;
    private boolean opened;
    private boolean ended;

    /** @param parameters of the client's startup packet, {@code replication} among them */
    public DedicatedServer(PoolShard shard, Replication replication, Map<String, String> parameters, Events events) {
        this.shard = shard;
        this.pool = shard.pool();
        this.replication = replication;
        this.parameters = Map.copyOf(parameters);
        this.events = events;
    }

    /** Begins to open it. */
    public void open() {
        nextLook = shard.worker()
                .loop()
                .scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        seek();
    }

    /** The client is gone. */
    public void close(String reason) {
        end();
        if (server != null) {
            server.close(reason);
        }
    }

    private void end() {
        ended = true;
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        withdraw();
    }

    private void look() {
        ServerConnection open = server;
        if (opened && open != null) {
            if (open.release().isCloseNeeded() || pool.hasLeftBehind(open)) {
                events.onOutdated();
            }
        } else {
            seek();
        }
    }

    private void seek() {
        if (ended || opening || opened || pool.isPaused() || pool.pauseNanos(System.nanoTime()) > 0) {
            return;
        }
        if (!pool.connecting().acquire(this)) {
            return;
        }
        if (pool.servers().acquire(this)) {
            if (pool.user().servers().acquire(this)) {
                if (pool.database().group().servers().acquire(this)) {
                    opening = pool.openDedicated(this, parameters, connectQuery());
                    if (opening) {
                        return;
                    }
                    pool.database().group().servers().release();
                }
                pool.user().servers().release();
            }
            pool.servers().release();
            Eviction.askFor(pool);
        } else {
            Eviction.within(pool);
        }
        pool.connecting().release();
    }

    /** A walsender that knows no SQL runs no query. */
    private String connectQuery() {
        return replication == Replication.LOGICAL ? pool.rules().connectQuery() : "";
    }

    private void withdraw() {
        pool.connecting().withdraw(this);
        pool.servers().withdraw(this);
        pool.user().servers().withdraw(this);
        pool.database().group().servers().withdraw(this);
    }

    // ---- limits ----

    @Override
    public void onPermitFree(Budget budget) {
        if (!shard.worker().loop().isShuttingDown()) {
            shard.worker().loop().execute(() -> {
                if (ended || opening || opened) {
                    withdraw();
                } else {
                    seek();
                }
            });
        }
    }

    @Override
    public long waitingSinceNanos() {
        return ended || opening || opened ? Long.MAX_VALUE : sinceNanos;
    }

    @Override
    public Pool pool() {
        return pool;
    }

    // ---- owner ----

    void adopt(ServerConnection created) {
        server = created;
        shard.servers().add(created);
    }

    @Override
    public Worker worker() {
        return shard.worker();
    }

    @Override
    public ServerRules rules() {
        return shard.rules();
    }

    @Override
    public PoolCounters counters() {
        return shard.counters();
    }

    /** What is spoken on it. */
    public Replication replication() {
        return replication;
    }

    @Override
    public void onStateChanged(ServerConnection changed, ServerState before) {
        // the shard counts only those that its clients may get
    }

    @Override
    public void onServerLoggedIn(ServerConnection loggedIn) {
        opening = false;
        opened = true;
        shard.counters().serverConnects++;
        pool.onHostWorks(loggedIn.target().address());
        pool.connecting().release();
    }

    @Override
    public void onServerFree(ServerConnection free) {
        events.onOpened(free);
    }

    @Override
    public @Nullable FunctionSurvey surveyDue() {
        return null;
    }

    @Override
    public @Nullable String closeReason(ServerConnection free) {
        return ended ? "replication client was closed" : null;
    }

    @Override
    public void onServerClosed(
            ServerConnection closed, @Nullable PgError loginError, boolean failedToOpen, String reason) {
        server = null;
        shard.servers().remove(closed);
        pool.database().group().servers().release();
        pool.user().servers().release();
        pool.servers().release();
        if (!opened) {
            opening = false;
            pool.connecting().release();
        }
        if (!failedToOpen || ended) {
            shard.counters().serversLost += ServerLoss.is(reason) ? 1 : 0;
            return;
        }
        shard.counters().serverConnectFailures++;
        if (loginError == null) {
            pool.onHostFailed(closed.target().address(), reason);
        } else if (!loginError.is(SqlState.CANNOT_CONNECT_NOW)) {
            end();
            events.onRefused(loginError);
        }
    }
}
