package dev.weir.proxy.server;

/** Has a say when a user's transactions end: what they came to, and what comes in front of ReadyForQuery. */
public interface TransactionWatcher {

    /**
     * A transaction has ended, or a statement has failed; both before the ReadyForQuery that tells what it means.
     *
     * @param committed whether it was a COMMIT, else a ROLLBACK of all or to a savepoint, or an error
     */
    void onOutcome(boolean committed);

    /**
     * Whether ReadyForQuery has to wait; then this is asked once more when it need not any longer.
     *
     * @param resume goes on with the answers, also when the user has left
     */
    boolean holdsReady(byte transactionStatus, Runnable resume);

    /** The moment to write what belongs in front of ReadyForQuery. */
    void beforeReady(byte transactionStatus);
}
