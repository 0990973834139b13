package dev.weir.proxy.server;

/** Has a say when a user's transactions end: what they came to, and what comes in front of ReadyForQuery. */
public interface TransactionWatcher {

    /** A command of the user's is complete, by its tag: COMMIT, ROLLBACK, LISTEN or UNLISTEN. */
    void onCommand(String tag);

    /** A statement of the user's has failed. */
    void onError();

    /** Whether a notification that comes from the server is for the user, if it wants any: others may bring it as well. */
    boolean wantsNotification(String channel);

    /**
     * Whether ReadyForQuery has to wait; then this is asked once more when it need not any longer.
     *
     * @param resume goes on with the answers, also when the user has left
     */
    boolean holdsReady(byte transactionStatus, Runnable resume);

    /** The moment to write what belongs in front of ReadyForQuery. */
    void beforeReady(byte transactionStatus);
}
