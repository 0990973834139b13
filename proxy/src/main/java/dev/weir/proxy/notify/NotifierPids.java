package dev.weir.proxy.notify;

import java.util.concurrent.ConcurrentHashMap;

/**
 * By which process id clients know the one that notifies: they were told one of Weir's, and the notification names that of the
 * server connection that was lent to it. Thread-safe; holds as many entries as there are server connections at most, since
 * each ends when the client lets go of the connection.
 */
final class NotifierPids {

    /** More than any pool has servers: PostgreSQL itself allows no more backends. */
    private static final int ENTRIES_MAX = 1 << 18;

    private final ConcurrentHashMap<Integer, Integer> clients = new ConcurrentHashMap<>();

    /** A client with this pid notifies through the server with that one. */
    void note(int serverPid, int clientPid) {
        if (clients.size() < ENTRIES_MAX) {
            clients.put(serverPid, clientPid);
        }
    }

    /** That client has done with that server. */
    void forget(int serverPid) {
        clients.remove(serverPid);
    }

    /** The pid to name. */
    int shown(int serverPid) {
        return clients.getOrDefault(serverPid, serverPid);
    }
}
