package dev.weir.proxy.insight;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A query that took a server for long. Immutable.
 *
 * @param database the pool's database
 * @param user the pool's user
 * @param clientId number of the client's connection
 * @param remote the other end of the client's connection
 * @param local our end
 * @param applicationName {@code application_name}, empty for none
 * @param serverPid the server's process id
 * @param startMillis wall clock of its beginning
 * @param servedNanos how long it took the server
 * @param waitedNanos how long the client had waited for one
 * @param rows rows sent or changed
 * @param failed whether PostgreSQL has answered with an error, or the client did not await the answer
 * @param text its text, cut short perhaps; empty if it is not known
 */
public record SlowQuery(
        String database,
        String user,
        long clientId,
        @Nullable SocketAddress remote,
        @Nullable SocketAddress local,
        String applicationName,
        int serverPid,
        long startMillis,
        long servedNanos,
        long waitedNanos,
        long rows,
        boolean failed,
        String text) {}
