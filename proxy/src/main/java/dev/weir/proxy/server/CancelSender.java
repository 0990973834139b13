package dev.weir.proxy.server;

/** Delivers cancel requests to PostgreSQL. */
@FunctionalInterface
public interface CancelSender {

    /**
     * Asks PostgreSQL to cancel what {@code server} runs. Called on the server's loop.
     *
     * @param delivered runs once, on any thread, when PostgreSQL has closed the cancel connection or it failed: from then on
     *     the request can no longer hit anything new
     */
    void send(ServerConnection server, Runnable delivered);
}
