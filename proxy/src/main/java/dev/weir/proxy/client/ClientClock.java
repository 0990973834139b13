package dev.weir.proxy.client;

import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.time.WallClock;
import java.util.function.Supplier;

/**
 * When a client's query and transaction began, and what is counted when they end. Query and transaction times start with the
 * first message, so they include waiting for a server, as PgBouncer counts them; the histograms start with the server.
 *
 * <p>Confined to the client's event loop.
 */
public final class ClientClock {

    private final Supplier<PoolCounters> counters;
    private long queryStartNanos;
    private long transactionStartNanos;
    private long queryServedNanos;
    private long transactionServedNanos;
    private long queryEndNanos;
    /** Whether there has been any query. */
    private boolean requested;

    private boolean queryRunning;
    private boolean transactionOpen;

    /** @param counters where the client counts now */
    ClientClock(Supplier<PoolCounters> counters) {
        this.counters = counters;
    }

    void onQueryStart(long nowNanos) {
        counters.get().queries++;
        queryRunning = true;
        queryStartNanos = nowNanos;
        queryServedNanos = nowNanos;
        requested = true;
        if (!transactionOpen) {
            transactionOpen = true;
            transactionStartNanos = nowNanos;
            transactionServedNanos = nowNanos;
            counters.get().transactions++;
        }
    }

    /** The wait for a server is over. */
    void onAssigned(long nowNanos) {
        queryServedNanos = nowNanos;
        transactionServedNanos = nowNanos;
    }

    void onQueryEnd(long nowNanos, boolean endsTransaction) {
        queryRunning = false;
        queryEndNanos = nowNanos;
        PoolCounters pool = counters.get();
        pool.queryNanos += nowNanos - queryStartNanos;
        pool.query.record(nowNanos - queryServedNanos);
        if (endsTransaction && transactionOpen) {
            transactionOpen = false;
            pool.transactionNanos += nowNanos - transactionStartNanos;
            pool.transaction.record(nowNanos - transactionServedNanos);
        }
    }

    /** The query never got a server. */
    void onAbandoned() {
        queryRunning = false;
        transactionOpen = false;
    }

    public boolean isQueryRunning() {
        return queryRunning;
    }

    /** Whether neither a query nor a transaction is under way. */
    boolean isIdle() {
        return !queryRunning && !transactionOpen;
    }

    public boolean isTransactionOpen() {
        return transactionOpen;
    }

    /** Whether a transaction is open in which nothing runs. */
    public boolean isIdleInTransaction() {
        return transactionOpen && !queryRunning;
    }

    /** Nanoseconds since the open transaction got its server, 0 when none is open. */
    public long transactionAgeNanos(long nowNanos) {
        return transactionOpen ? nowNanos - transactionServedNanos : 0;
    }

    /** When the last query began. */
    long queryStartNanos() {
        return queryStartNanos;
    }

    /** When the last query's answer was complete; meaningful in a transaction in which none runs. */
    public long queryEndNanos() {
        return queryEndNanos;
    }

    /** How long the last query has waited for a server. */
    long waitedNanos() {
        return queryServedNanos - queryStartNanos;
    }

    /** How long the last query, which has ended, took a server. */
    long servedNanos() {
        return queryEndNanos - queryServedNanos;
    }

    /** How long the running query has taken a server. */
    long servedNanos(long nowNanos) {
        return nowNanos - queryServedNanos;
    }

    /** Nanoseconds since the running query began, 0 when none runs. */
    public long queryAgeNanos(long nowNanos) {
        return queryRunning ? nowNanos - queryStartNanos : 0;
    }

    /** Wall clock of the last query's begin, 0 before the first. */
    public long requestMillis() {
        return requested ? WallClock.millis(queryStartNanos) : 0;
    }

    /** Whether a query has begun at that moment, {@link System#nanoTime()}, or later. */
    boolean hasBegunSince(long nanos) {
        return requested && queryStartNanos - nanos >= 0;
    }
}
