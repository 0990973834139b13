package dev.weir.proxy.server;

import dev.weir.proxy.relay.Undo;
import org.jspecify.annotations.Nullable;

/**
 * What a user is not told of, as long as it is not clear whether it will be sent once more: batches whose first statement
 * PostgreSQL has refused because tables have changed. Called on the event loop that server and user share.
 */
public interface RefusedBatches {

    /**
     * PostgreSQL has refused a prepared statement; others of this database may be outdated as well.
     *
     * @param batch what was noted for the Sync behind it, or for the Query; null if there was nothing
     * @param synced whether the Sync, or a Query, has been sent
     * @param message the whole error
     * @return whether the user is not told now
     */
    boolean withhold(@Nullable Undo batch, boolean synced, byte[] message);

    /**
     * A ReadyForQuery of the user's.
     *
     * @param ended what was noted for the Sync that it answers
     * @return whether the user is not told of it now
     */
    boolean withholdReady(byte transactionStatus, @Nullable Undo ended);

    /** Whether there is anything that the user has not been told. */
    boolean isWithholding();

    /** Tells the user of all that has ended: something comes that cannot come in front of it. */
    void tellEnded();

    /** What the user calls the statement that servers know by this name; both as Latin-1. Null for none. */
    @Nullable
    String nameOf(String serverName);
}
