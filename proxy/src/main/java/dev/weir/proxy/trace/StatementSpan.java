package dev.weir.proxy.trace;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// What became of one request of a client: a statement, or several that it sent together. Immutable.
///
/// @param parent the application's span; null where the request begins a trace of its own
/// @param startEpochNanos when it began, in nanoseconds since 1970
/// @param waitNanos how long the client stood in line for a server; 0 if it did not
/// @param servedNanos how long it took a server then; negative if none was had
/// @param pool the pool's database and user
/// @param namespace PostgreSQL's name of the database
/// @param text the last statement, cut short perhaps; empty if it is not known
/// @param rows rows sent or changed
/// @param failure why it failed; null if it did not
/// @param applicationName `application_name`, empty for none
/// @param client the other end of the client's connection
/// @param server who served it; null if nobody did
public record StatementSpan(
        @Nullable TraceContext parent,
        long startEpochNanos,
        long waitNanos,
        long servedNanos,
        String pool,
        String user,
        String namespace,
        String text,
        long rows,
        @Nullable Failure failure,
        String applicationName,
        @Nullable SocketAddress client,
        @Nullable Server server) {

    /// Why a request failed.
    ///
    /// @param sqlState of the error; empty if there was none
    /// @param message what Weir says of it; empty where it is PostgreSQL's, which may hold what nobody
    /// should read
    public record Failure(String sqlState, String message) {}

    /// One of PostgreSQL's processes.
    ///
    /// @param host as it is configured
    /// @param port of PostgreSQL
    /// @param pid of the process
    /// @param peer the other end of the connection
    public record Server(
            String host, int port, int pid, @Nullable SocketAddress peer) {}

    /// How many spans it becomes.
    public int spans() {
        return 1 + (waitNanos > 0 ? 1 : 0) + (servedNanos >= 0 ? 1 : 0);
    }
}
