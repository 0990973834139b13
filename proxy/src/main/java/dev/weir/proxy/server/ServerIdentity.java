package dev.weir.proxy.server;

/**
 * What never changes about a server connection.
 *
 * @param id number of the connection
 * @param target where it leads
 * @param epoch the generation of the pool's target that it was opened for
 * @param createdNanos {@link System#nanoTime()} of its begin
 * @param createdMillis wall clock of its begin
 */
public record ServerIdentity(long id, ServerTarget target, int epoch, long createdNanos, long createdMillis) {

    /** A connection that begins now. */
    public static ServerIdentity now(long id, ServerTarget target, int epoch) {
        return new ServerIdentity(id, target, epoch, System.nanoTime(), System.currentTimeMillis());
    }
}
