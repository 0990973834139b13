package dev.weir.proxy.server;

/** Delivers cancel requests to PostgreSQL. */
@FunctionalInterface
public interface CancelSender {

    /**
     * Asks PostgreSQL to cancel what {@code server} runs. Called on the server's loop. If PostgreSQL has got the request and does
     * not act on it in time, the server will be closed instead of serving anybody else.
     *
     * @param sent runs at most once, on any thread, when the request has gone out
     * @param delivered runs once, on any thread, when PostgreSQL has closed the cancel connection or it failed: from then on
     *     the request can no longer hit anybody else
     */
    void send(ServerConnection server, Runnable sent, Runnable delivered);
}
