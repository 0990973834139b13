package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.insight.InsightRules;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolHolders;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.server.ServerConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks twice a second, on each event loop, which clients keep a server by being silent within a transaction, and logs once
 * which of them have been so for too long. Clients themselves do nothing for it.
 */
public final class HolderWatch {

    private static final Logger LOGGER = LoggerFactory.getLogger(HolderWatch.class);

    private static final long PERIOD_MILLIS = 500;

    private final PoolRegistry pools;
    private final Supplier<WeirConfig> config;

    public HolderWatch(PoolRegistry pools, Supplier<WeirConfig> config) {
        this.pools = pools;
        this.config = config;
    }

    /** Begins; ends with the loops. */
    public void start(List<Worker> workers) {
        for (Worker worker : workers) {
            IdentityHashMap<ClientSession, Long> told = new IdentityHashMap<>();
            worker.loop()
                    .scheduleWithFixedDelay(
                            () -> look(worker, told), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** @param told who has been logged, and the silence of which moment that was */
    private void look(Worker worker, IdentityHashMap<ClientSession, Long> told) {
        long nowNanos = System.nanoTime();
        WeirConfig now = config.get();
        List<ClientSession> leaking = new ArrayList<>();
        for (Pool pool : pools.pools()) {
            try {
                DatabaseConfig database = now.findDatabase(pool.key().database());
                long limit = database == null
                        ? 0
                        : now.leakDetectionThreshold(database).toNanos();
                pool.holders().found(worker, find(pool, worker, nowNanos, limit, leaking));
            } catch (RuntimeException e) {
                LOGGER.error("{} looking for idle transactions failed", pool, e);
            }
        }
        for (ClientSession session : leaking) {
            long since = session.clock().queryEndNanos();
            Long before = told.put(session, since);
            if (before == null || before != since) {
                log(session, nowNanos - since);
            }
        }
        if (told.size() > leaking.size()) {
            told.keySet().removeIf(session -> !leaking.contains(session));
        }
    }

    /**
     * What there is of a pool on this loop.
     *
     * @param limitNanos from where on silence is too long; 0 for nowhere
     * @param leaking gets those whose silence is
     */
    static PoolHolders.Found find(
            Pool pool, Worker worker, long nowNanos, long limitNanos, List<ClientSession> leaking) {
        int silent = 0;
        int tooLong = 0;
        ClientSession oldest = null;
        for (ServerConnection server : pool.shard(worker).servers()) {
            if (server.user() instanceof ClientLink link
                    && link.session().clock().isIdleInTransaction()) {
                ClientSession session = link.session();
                long since = session.clock().queryEndNanos();
                silent++;
                if (limitNanos > 0 && nowNanos - since >= limitNanos) {
                    tooLong++;
                    leaking.add(session);
                }
                if (oldest == null || since - oldest.clock().queryEndNanos() < 0) {
                    oldest = session;
                }
            }
        }
        return oldest == null
                ? PoolHolders.Found.NOBODY
                : new PoolHolders.Found(silent, tooLong, oldest.clock().queryEndNanos(), name(oldest));
    }

    private static String name(ClientSession session) {
        String name = session.applicationName();
        return name.isEmpty()
                ? session.login().user() + " at " + session.login().address()
                : name;
    }

    private static void log(ClientSession session, long silentNanos) {
        ServerConnection server = session.server();
        if (server == null) {
            return;
        }
        InsightRules rules = session.profile().insight();
        String statement = server.session().running().text(rules.textBytes(), rules.literals());
        LOGGER.warn(
                "{} is silent in a transaction for {} s and may have leaked its connection: app={} server_pid={}"
                        + " transaction={} s last statement: {}",
                session,
                TimeUnit.NANOSECONDS.toSeconds(silentNanos),
                session.applicationName().isEmpty() ? "-" : session.applicationName(),
                server.backendKey().pid(),
                TimeUnit.NANOSECONDS.toSeconds(session.clock().transactionAgeNanos(System.nanoTime())),
                statement.isEmpty() ? "(its text is not known)" : statement);
    }
}
