package dev.weir.proxy.pool;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.SessionSettings;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which of the free servers a client gets. */
final class FreeServers {

    /** So many are looked at for one that suits better than the first. */
    private static final int LOOKS = 8;

    private FreeServers() {}

    /** One on which is what the client may miss elsewhere, else one that already has its settings, else the first. */
    static ServerConnection choose(ArrayDeque<ServerConnection> idle, Waiter.Session session, Pool pool) {
        boolean oldestFirst = pool.rules().roundRobin();
        ServerConnection known = pool.readsSequences() ? find(idle, oldestFirst, session::wouldLike) : null;
        if (known != null) {
            return known;
        }
        ServerConnection first = oldestFirst ? idle.getFirst() : idle.getLast();
        SessionSettings settings = session.settings();
        if (oldestFirst || settings.equals(first.settings().applied())) {
            return first;
        }
        ServerConnection equal =
                find(idle, false, server -> settings.equals(server.settings().applied()));
        return equal == null ? first : equal;
    }

    private static @Nullable ServerConnection find(
            ArrayDeque<ServerConnection> idle, boolean oldestFirst, Predicate<ServerConnection> suits) {
        Iterator<ServerConnection> order = oldestFirst ? idle.iterator() : idle.descendingIterator();
        for (int looks = 0; looks < LOOKS && order.hasNext(); looks++) {
            ServerConnection server = order.next();
            if (suits.test(server)) {
                return server;
            }
        }
        return null;
    }
}
