package dev.weir.proxy.pool;

import dev.weir.proxy.state.SessionSettings;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Settings that a server of a pool has accepted. Such settings may go out together with the first query; others must be
 * accepted first, so that no query runs under settings its client did not ask for. Bounded; thread-safe.
 */
public final class ProvenSettings {

    private static final int SIZE_MAX = 1024;

    /** Any text is a valid name, and every client has its own. */
    private static final String ALWAYS_VALID = "application_name";

    private final Set<SessionSettings> accepted = ConcurrentHashMap.newKeySet();

    public boolean contains(SessionSettings settings) {
        SessionSettings doubtful = settings.without(ALWAYS_VALID);
        return doubtful.isEmpty() || accepted.contains(doubtful);
    }

    /** Notes that a server has refused them now. */
    public void remove(SessionSettings settings) {
        accepted.remove(settings.without(ALWAYS_VALID));
    }

    /** Notes that a server runs under {@code settings}. */
    public void add(SessionSettings settings) {
        SessionSettings doubtful = settings.without(ALWAYS_VALID);
        if (!doubtful.isEmpty() && !accepted.contains(doubtful)) {
            if (accepted.size() >= SIZE_MAX) {
                accepted.clear(); // forgetting costs a round trip, nothing else
            }
            accepted.add(doubtful);
        }
    }
}
