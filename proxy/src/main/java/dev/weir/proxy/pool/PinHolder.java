package dev.weir.proxy.pool;

import dev.weir.proxy.state.Pin;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps its server between transactions. Immutable.
 *
 * @param clientId number of the client's connection
 * @param database the database as the client names it
 * @param user login name
 * @param address where the client is, in the form of log lines
 * @param remote the other end of its connection
 * @param local our end
 * @param applicationName {@code application_name}, empty for none
 * @param serverPid the server's process id
 * @param holds why, never empty
 */
public record PinHolder(
        long clientId,
        String database,
        String user,
        String address,
        @Nullable SocketAddress remote,
        @Nullable SocketAddress local,
        String applicationName,
        int serverPid,
        List<Hold> holds) {

    /**
     * One reason and its beginning.
     *
     * @param sinceMillis wall clock
     * @param sinceNanos {@link System#nanoTime()}
     */
    public record Hold(Pin pin, long sinceMillis, long sinceNanos) {}

    /** Copies the list. */
    public PinHolder {
        holds = List.copyOf(holds);
    }

    /** The reason that has lasted longest. */
    public Hold oldest() {
        Hold oldest = holds.getFirst();
        for (Hold hold : holds) {
            if (hold.sinceNanos - oldest.sinceNanos < 0) {
                oldest = hold;
            }
        }
        return oldest;
    }
}
