package dev.weir.proxy.client;

import dev.weir.proxy.net.Worker;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about one client, and the clocks that follow from it. A reload counts from the next time on that
 * nothing of the client's is under way. Confined to the client's event loop.
 */
final class ClientTerms {

    private final ClientTimeouts timeouts;
    private ClientProfile profile;
    private ClientTimers timers;
    private @Nullable ClientProfile nextProfile;

    ClientTerms(ClientProfile profile, ClientTimeouts timeouts, Worker worker) {
        this.profile = profile;
        this.timeouts = timeouts;
        this.timers = new ClientTimers(worker.deadlines(), profile, timeouts);
        timers.onIdle(System.nanoTime());
    }

    /** A reload has brought these. */
    void change(ClientProfile next) {
        nextProfile = next;
    }

    /** Nothing of the client's is under way. */
    void onUnlinked(Worker worker, long nowNanos) {
        ClientProfile next = nextProfile;
        if (next != null && !next.equals(profile)) {
            profile = next;
            timers.stop();
            timers = new ClientTimers(worker.deadlines(), next, timeouts);
        }
        nextProfile = null;
        timers.onIdle(nowNanos);
    }

    /** The client has come to another event loop, idle. */
    void onMoved(Worker worker) {
        timers = new ClientTimers(worker.deadlines(), profile, timeouts);
        timers.onIdle(System.nanoTime());
    }

    ClientProfile profile() {
        return profile;
    }

    ClientTimers timers() {
        return timers;
    }
}
