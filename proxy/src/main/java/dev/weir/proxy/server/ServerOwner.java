package dev.weir.proxy.server;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.PgError;

/** Where a server connection belongs: its pool's part on its event loop. Called on that loop. */
public interface ServerOwner {

    /** The event loop. */
    Worker worker();

    /** The rules in force. */
    ServerRules rules();

    /** Where to count. */
    PoolCounters counters();

    /** What the server connection does has changed. */
    void onStateChanged(ServerConnection server, ServerState before);

    /** First ReadyForQuery after login; {@link #onServerFree} follows. */
    void onServerLoggedIn(ServerConnection server);

    /** The server may serve somebody. */
    void onServerFree(ServerConnection server);

    /** What to ask the server before it becomes free, null for nothing; {@link FunctionSurvey#end} must follow. */
    @org.jspecify.annotations.Nullable
    FunctionSurvey surveyDue();

    /** Why a server that became free must be closed instead, or null. */
    @org.jspecify.annotations.Nullable
    String closeReason(ServerConnection server);

    /**
     * The connection is gone and no longer counted.
     *
     * @param loginError what PostgreSQL refused the login with, null for every other end
     * @param failedToOpen whether it never became usable
     */
    void onServerClosed(
            ServerConnection server,
            @org.jspecify.annotations.Nullable PgError loginError,
            boolean failedToOpen,
            String reason);
}
