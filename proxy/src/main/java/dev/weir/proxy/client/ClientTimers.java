package dev.weir.proxy.client;

import dev.weir.proxy.time.Deadline;
import dev.weir.proxy.time.Deadlines;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of one client. What is not configured has no clock, so it costs nothing. Confined to the client's event loop.
 */
final class ClientTimers {

    /** What runs out. */
    enum Limit {
        QUERY_WAIT,
        QUERY_WAIT_NOTIFY,
        QUERY,
        TRANSACTION,
        IDLE_TRANSACTION,
        IDLE
    }

    /** Hears which clock ran out. */
    interface Listener {
        void onExpired(Limit limit);
    }

    private final @Nullable Deadline queryWait;
    private final @Nullable Deadline queryWaitNotify;
    private final @Nullable Deadline query;
    private final @Nullable Deadline transaction;
    private final @Nullable Deadline idleTransaction;
    private final @Nullable Deadline idle;

    ClientTimers(Deadlines deadlines, ClientProfile profile, Listener listener) {
        queryWait = create(deadlines, profile.queryWaitTimeout(), listener, Limit.QUERY_WAIT);
        queryWaitNotify = create(deadlines, profile.queryWaitNotify(), listener, Limit.QUERY_WAIT_NOTIFY);
        query = create(deadlines, profile.queryTimeout(), listener, Limit.QUERY);
        transaction = create(deadlines, profile.transactionTimeout(), listener, Limit.TRANSACTION);
        idleTransaction = create(deadlines, profile.idleTransactionTimeout(), listener, Limit.IDLE_TRANSACTION);
        idle = create(deadlines, profile.idleTimeout(), listener, Limit.IDLE);
    }

    private static @Nullable Deadline create(Deadlines deadlines, Duration length, Listener listener, Limit limit) {
        return deadlines.create(length, () -> listener.onExpired(limit));
    }

    /** The client has no server and asks for nothing. */
    void onIdle(long nowNanos) {
        arm(idle, nowNanos);
    }

    /** A message that starts a query, perhaps a transaction. */
    void onQuery(long nowNanos, boolean startsTransaction) {
        disarm(idle);
        disarm(idleTransaction);
        arm(query, nowNanos);
        if (startsTransaction) {
            arm(transaction, nowNanos);
        }
    }

    void onWait(long nowNanos) {
        arm(queryWait, nowNanos);
        arm(queryWaitNotify, nowNanos);
    }

    void onWaitEnd() {
        disarm(queryWait);
        disarm(queryWaitNotify);
    }

    /** All that was asked has been answered. */
    void onQueryEnd(long nowNanos, boolean inTransaction) {
        disarm(query);
        if (inTransaction) {
            arm(idleTransaction, nowNanos);
        } else {
            disarm(transaction);
        }
    }

    void stop() {
        onWaitEnd();
        disarm(query);
        disarm(transaction);
        disarm(idleTransaction);
        disarm(idle);
    }

    private static void arm(@Nullable Deadline deadline, long nowNanos) {
        if (deadline != null) {
            deadline.arm(nowNanos);
        }
    }

    private static void disarm(@Nullable Deadline deadline) {
        if (deadline != null) {
            deadline.disarm();
        }
    }
}
