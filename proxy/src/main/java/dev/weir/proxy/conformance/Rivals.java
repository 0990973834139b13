package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.BackendMessage;
import dev.weir.proxy.wire.BackendType;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Two clients that compete with those of a check for the servers of a pool of two. Before a request of the check they
/// take both servers, and give back the one that did not serve the same client last: whoever relies on getting the
/// server that he had before is found out each time, not by chance.
///
/// Where a server belongs to a client for longer than a transaction, only one is to be had, or none. That shows by the
/// rivals not being served within a short time, and is no fault. For one thread.
final class Rivals implements AutoCloseable {

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration USUAL_GRACE = Duration.ofMillis(60);
    private static final Duration SHORT_GRACE = Duration.ofMillis(15);
    private static final String TAKE = "BEGIN; SELECT pg_backend_pid()";
    private static final String GIVE_BACK = "COMMIT";

    private final Target target;
    /// By client of a check, the server that served it last.
    private final Map<Session, String> servers = new HashMap<>();

    private Session first;
    private Session second;
    /// The rival that keeps a server while a check's request is served.
    private @Nullable Session holder;

    private Duration grace = WARM_UP;

    Rivals(Target target) {
        this.target = target;
        this.first = Session.open(target, Map.of(), null);
        this.second = Session.open(target, Map.of(), null);
    }

    /// Sees to it that the next request of this client is served by another server than the one before.
    void changeHands(Session client) {
        letGo();
        first = alive(first);
        second = alive(second);
        first.start(TAKE);
        second.start(TAKE);
        long deadline = System.nanoTime() + grace.toNanos();
        String ofFirst = served(first, deadline);
        String ofSecond = served(second, deadline);
        if (ofFirst != null && ofSecond != null) {
            grace = USUAL_GRACE;
            keepOneOf(client, ofFirst, ofSecond);
        } else {
            grace = SHORT_GRACE;
            giveUp(
                    ofFirst != null ? first : second,
                    ofFirst != null ? second : first,
                    ofFirst != null || ofSecond != null);
        }
    }

    private void keepOneOf(Session client, String ofFirst, String ofSecond) {
        boolean keepFirst = ofFirst.equals(servers.get(client));
        holder = keepFirst ? first : second;
        (keepFirst ? second : first).query(GIVE_BACK);
        servers.put(client, keepFirst ? ofSecond : ofFirst);
    }

    private static void giveUp(Session served, Session unserved, boolean oneIsServed) {
        if (oneIsServed) {
            served.query(GIVE_BACK);
            // The other one now gets this server, if nobody else wanted it.
            if (served(unserved, System.nanoTime() + USUAL_GRACE.toNanos()) != null) {
                unserved.query(GIVE_BACK);
                return;
            }
        } else {
            served.close();
        }
        unserved.close();
    }

    /// The server that a rival has got, null if none by then.
    private static @Nullable String served(Session rival, long deadline) {
        String server = null;
        while (true) {
            long left = Math.max(0, deadline - System.nanoTime());
            BackendMessage message = rival.poll(Duration.ofNanos(left));
            if (message == null) {
                return null;
            }
            if (message.type() == BackendType.DATA_ROW) {
                server = message.columns().getFirst();
            }
            if (message.type() == BackendType.READY_FOR_QUERY) {
                return server;
            }
        }
    }

    private Session alive(Session rival) {
        return rival.isAtRest() ? rival : replaced(rival);
    }

    private Session replaced(Session rival) {
        rival.close();
        return Session.open(target, Map.of(), null);
    }

    /// Gives back what is still held.
    void letGo() {
        Session held = holder;
        holder = null;
        if (held != null) {
            held.query(GIVE_BACK);
        }
    }

    /// Cleans both servers of what a check may have left on them, so that each check is judged by itself.
    void cleanUp() {
        letGo();
        servers.clear();
        grace = WARM_UP;
        first = alive(first);
        second = alive(second);
        clean(first);
        first.query("BEGIN");
        clean(second);
        second.query("BEGIN");
        first.query(GIVE_BACK);
        clean(first);
        second.query(GIVE_BACK);
    }

    /** A pooler may think that DISCARD ALL concerns only what it knows of; the others go to the server. */
    private static void clean(Session session) {
        session.query("DISCARD ALL");
        session.query("DISCARD TEMP");
        session.query("RESET ALL");
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
