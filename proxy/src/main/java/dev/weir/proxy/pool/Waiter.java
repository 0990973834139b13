package dev.weir.proxy.pool;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerUser;
import dev.weir.proxy.wire.PgError;
import org.jspecify.annotations.Nullable;

/**
 * One client's place in a pool's queue: a node its session keeps for life, so waiting allocates nothing. Confined to the
 * event loop of its shard.
 */
public final class Waiter {

    /** What its session hears of it. */
    public interface Session extends ServerUser {

        /** The wait is over: {@code server} serves this session. */
        void onServerAssigned(ServerConnection server);

        /** There will be no server; the session ends with this error. */
        void onCheckoutRefused(PgError error);
    }

    final Session session;
    long sinceNanos;
    boolean queued;
    boolean choosy;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    public Waiter(Session session) {
        this.session = session;
    }

    /** The next server is to be one that has served nobody else; it is first in line for that. */
    public void wantNewServer() {
        choosy = true;
    }

    /** Whether it takes this server. */
    boolean takes(ServerConnection server) {
        return !choosy || server.settings().areUnused();
    }

    /** Whether it stands in line. */
    public boolean isQueued() {
        return queued;
    }

    /** When it joined the line, {@link System#nanoTime()}. */
    public long sinceNanos() {
        return sinceNanos;
    }
}
