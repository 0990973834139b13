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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part of a pool: its free servers, its waiting clients, its counters. A client is served by a server of
 * its own loop; when that loop has none, an idle one moves over from another loop, or a new one is opened.
 *
 * <p>Confined to its event loop, but for the few volatile numbers by which the other shards see who waits and who has
 * servers to spare. Each side publishes its own before it reads the other's, so one of the two always notices.
 */
public final class PoolShard implements ServerOwner {

    private static final long NOBODY = Long.MAX_VALUE;

    /** So long is a client kept waiting for a new server that could do with another one. */
    private static final long NEW_SERVER_NANOS = Duration.ofSeconds(2).toNanos();

    private final Pool pool;
    private final Worker worker;
    private final PoolCounters counters = new PoolCounters();
    private final Set<ServerConnection> servers = new LinkedHashSet<>();
    private final ArrayDeque<ServerConnection> idle = new ArrayDeque<>();
    private final WaitQueue waiting = new WaitQueue();
    private final WelcomeQueue awaitingWelcome = new WelcomeQueue();
    private final ServerCounts counts = new ServerCounts();
    private final AtomicInteger incoming = new AtomicInteger();
    private final ServerSupply supply;
    private final Retirement retirement;

    private volatile long oldestWaitNanos = NOBODY;
    private volatile int waitingCount;
    private volatile int idleCount;
    private volatile long oldestIdleNanos = NOBODY;

    PoolShard(Pool pool, Worker worker) {
        this.pool = pool;
        this.worker = worker;
        this.supply = new ServerSupply(this);
        this.retirement = new Retirement(this);
    }

    // ---- clients ----

    /**
     * A server for {@code waiter}'s session, now or later.
     *
     * @return the server, which the session must link, or null: then the session is in line and will be called
     */
    public @Nullable ServerConnection checkout(Waiter waiter, long nowNanos) {
        if (waiter.choosy) {
            waiting.addFirst(waiter, nowNanos);
            publishWaiting();
            seek();
            return null;
        }
        if (waiting.size() == 0 && !pool.isPaused()) {
            ServerConnection server = takeIdle(waiter.session, nowNanos);
            if (server != null) {
                return server;
            }
        }
        waiting.add(waiter, nowNanos);
        publishWaiting();
        seek();
        return null;
    }

    /** The session does not want a server any more. */
    public void leaveQueue(Waiter waiter) {
        if (waiter.queued) {
            waiting.remove(waiter);
            publishWaiting();
        }
    }

    /**
     * Calls back when clients of this pool can be welcomed; with an error if they never will.
     *
     * @return to be run by who does not wait any more
     */
    public Runnable awaitWelcome(Consumer<@Nullable PgError> callback) {
        if (pool.welcome() != null) {
            callback.accept(null);
            return () -> {};
        }
        Runnable stop = awaitingWelcome.add(callback);
        seek();
        return stop;
    }

    void onWelcome() {
        awaitingWelcome.complete(null);
    }

    void refuseWaiters(PgError error) {
        awaitingWelcome.complete(error);
        for (Waiter waiter = waiting.first(); waiter != null; waiter = waiting.first()) {
            leaveQueue(waiter);
            waiter.session.onCheckoutRefused(error);
        }
    }

    private @Nullable ServerConnection takeIdle(Waiter.Session session, long nowNanos) {
        while (!idle.isEmpty()) {
            ServerConnection server = FreeServers.choose(idle, session, pool);
            idle.remove(server);
            publishIdle();
            if (!server.release().isCheckDue(nowNanos)) {
                return server;
            }
            server.release().check();
        }
        return null;
    }

    private void assign(ServerConnection server, Waiter waiter) {
        leaveQueue(waiter);
        waiter.choosy = false;
        long waited = System.nanoTime() - waiter.sinceNanos;
        counters.waitNanos += waited;
        counters.wait.record(waited);
        waiter.session.onServerAssigned(server);
    }

    // ---- servers ----

    void adopt(ServerConnection server) {
        servers.add(server);
        counts.add(server.state());
    }

    @Override
    public void onStateChanged(ServerConnection server, ServerState before) {
        counts.remove(before);
        counts.add(server.state());
    }

    @Override
    public void onServerLoggedIn(ServerConnection server) {
        counters.serverConnects++;
        pool.live().incrementAndGet();
        pool.onHostWorks(server.target().address());
        pool.connecting().release();
        server.settings().share(pool.offerWelcome(server.settings().reported()));
    }

    @Override
    public void onServerFree(ServerConnection server) {
        Waiter waiter = waiting.firstFor(server);
        PoolShard needier = needierThan(waiter);
        if (needier != null) {
            needier.incoming.incrementAndGet();
            moveTo(needier, server);
        } else if (waiter != null) {
            assign(server, waiter);
        } else {
            idle.addLast(server);
            publishIdle();
            PoolShard late = needierThan(null);
            if (late != null) {
                late.incoming.incrementAndGet();
                giveTo(late);
            }
        }
    }

    /** The shard whose oldest client has waited notably longer than ours, if any. */
    private @Nullable PoolShard needierThan(@Nullable Waiter own) {
        PoolShard needier = null;
        long oldest =
                own == null ? NOBODY : own.sinceNanos - pool.rules().fairness().toNanos();
        for (PoolShard other : pool.shards()) {
            if (other != this && other.waitingCount > other.incoming.get()) {
                long theirs = other.oldestWaitNanos;
                if (theirs != NOBODY && (oldest == NOBODY || theirs - oldest < 0)) {
                    oldest = theirs;
                    needier = other;
                }
            }
        }
        return needier;
    }

    /** Answers another shard's wish for an idle server; its {@code incoming} counts the wish already. */
    private void giveTo(PoolShard other) {
        ServerConnection server = idle.pollFirst();
        if (server == null) {
            other.incoming.decrementAndGet();
            other.worker.run(other::seek);
            return;
        }
        publishIdle();
        moveTo(other, server);
    }

    private void moveTo(PoolShard other, ServerConnection server) {
        server.moveTo(other, () -> other.onMovedIn(server));
        servers.remove(server);
        counts.remove(ServerState.MOVING);
    }

    private void onMovedIn(ServerConnection server) {
        incoming.decrementAndGet();
        counters.serversMovedIn++;
        adopt(server);
        server.onMoved();
    }

    @Override
    public @Nullable FunctionSurvey surveyDue() {
        return pool.surveyDue();
    }

    @Override
    public @Nullable String closeReason(ServerConnection server) {
        return retirement.reason(server);
    }

    @Override
    public void onServerClosed(
            ServerConnection server, @Nullable PgError loginError, boolean failedToOpen, String reason) {
        servers.remove(server);
        counts.remove(ServerState.CLOSED);
        if (idle.remove(server)) {
            publishIdle();
        }
        if (failedToOpen) {
            counters.serverConnectFailures++;
            pool.onHostFailed(server.target().address(), loginError == null ? reason : loginError.message());
            pool.connecting().release();
        } else {
            pool.live().decrementAndGet();
            counters.serversLost += ServerLoss.is(reason) ? 1 : 0;
        }
        pool.database().group().servers().release();
        pool.user().servers().release();
        retirement.onClosed(reason);
        if (loginError != null
                && LoginRefusals.areFinal(loginError)
                && pool.live().get() == 0) {
            pool.refuseAll(loginError);
        }
        seek();
    }

    // ---- opening ----

    /** Does something about waiting clients. */
    void seek() {
        supply.seek();
    }

    /** How many servers more would serve everybody who waits, those on their way from other loops left out. */
    int wantedServers() {
        return waiting.size() + (awaitingWelcome.isEmpty() ? 0 : 1) - incoming.get();
    }

    /** Calls idle servers over from other event loops; answers how many may come. */
    int callOver(int wanted) {
        int called = 0;
        Waiter first = waiting.first();
        if (first == null || first.choosy) {
            return 0;
        }
        for (PoolShard other : pool.shards()) {
            int there = other == this ? 0 : other.idleCount;
            for (int i = 0; i < there && called < wanted; i++) {
                incoming.incrementAndGet();
                called++;
                other.worker.run(() -> other.giveTo(this));
            }
        }
        return called;
    }

    // ---- housekeeping ----

    /** Called a few times a second: ages, idle times, minimum size, reserve. */
    void maintain(long nowNanos) {
        PoolRules rules = pool.rules();
        closeAged(nowNanos);
        Waiter first = waiting.first();
        if (first != null && first.choosy && nowNanos - first.sinceNanos > NEW_SERVER_NANOS) {
            first.choosy = false; // no new one can be had: one that is there has to do
            ServerConnection server = pool.isPaused() ? null : takeIdle(first.session, nowNanos);
            if (server != null) {
                assign(server, first);
            }
        } else if (first != null
                && !pool.isPaused()
                && !rules.reserveTimeout().isZero()
                && nowNanos - first.sinceNanos > rules.reserveTimeout().toNanos()) {
            supply.openFromReserve();
        }
        if (worker.index() == Math.floorMod(pool.key().hashCode(), pool.shards().size())) {
            supply.fillToMinimum(rules);
        }
        supply.maintain();
        pool.watchFunctions(this, nowNanos);
    }

    private void closeAged(long nowNanos) {
        for (ServerConnection server : List.copyOf(idle)) {
            String reason = closeReason(server);
            if (reason != null) {
                server.close(reason);
            } else if (retirement.isIdleTooLong(server, nowNanos)) {
                server.close("server idle timeout");
            }
        }
    }

    /** Closes the server that has been free for longest, for the sake of another pool. */
    void evictOldest() {
        ServerConnection server = idle.peekFirst();
        if (server != null) {
            server.close("evicted");
        }
    }

    void onRulesChanged() {
        closeAged(System.nanoTime());
        seek();
    }

    void onRenewed() {
        for (ServerConnection server : List.copyOf(servers)) {
            server.release().closeWhenFree("close_needed");
        }
        if (!awaitingWelcome.isEmpty()) {
            seek();
        }
    }

    /** PAUSE: free servers go; the others go as they become free. */
    public void onPaused() {
        for (ServerConnection server : List.copyOf(idle)) {
            server.close("pause mode");
        }
    }

    /** RESUME: those who queued meanwhile get their servers. */
    public void onResumed() {
        seek();
    }

    /** KILL and removal: every server goes now. */
    public void closeAll(String reason) {
        for (ServerConnection server : List.copyOf(servers)) {
            server.close(reason);
        }
    }

    private void publishWaiting() {
        Waiter first = waiting.firstForAny();
        waitingCount = waiting.size();
        oldestWaitNanos = first == null ? NOBODY : first.sinceNanos;
    }

    private void publishIdle() {
        ServerConnection oldest = idle.peekFirst();
        idleCount = idle.size();
        oldestIdleNanos = oldest == null ? NOBODY : oldest.stateSinceNanos();
    }

    // ---- looking ----

    public Pool pool() {
        return pool;
    }

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public ServerRules rules() {
        return pool.rules().server();
    }

    @Override
    public PoolCounters counters() {
        return counters;
    }

    /** Servers in this state. */
    public int count(ServerState state) {
        return counts.get(state);
    }

    /** Whether a server must not be given to anybody any more. */
    public boolean isOld(ServerConnection server) {
        return server.release().isCloseNeeded() || pool.hasLeftBehind(server);
    }

    /** Whether a server is left that must not be given to anybody any more. */
    public boolean hasOldServers() {
        for (ServerConnection server : servers) {
            if (isOld(server)) {
                return true;
            }
        }
        return false;
    }

    /** All servers. */
    public Set<ServerConnection> servers() {
        return servers;
    }

    /** Clients in line. */
    public int waitingCount() {
        return waitingCount;
    }

    /** Since when the first in line waits, {@link Long#MAX_VALUE} when nobody does. */
    public long oldestWaitNanos() {
        return oldestWaitNanos;
    }

    /** Since when somebody needs a server of this shard, a login included; {@link Long#MAX_VALUE} when nobody does. */
    long oldestDemandNanos() {
        long login = awaitingWelcome.sinceNanos();
        long waiter = oldestWaitNanos;
        return login == NOBODY || (waiter != NOBODY && waiter - login < 0) ? waiter : login;
    }

    long oldestIdleNanos() {
        return oldestIdleNanos;
    }
}
