package dev.weir.proxy.server;

import dev.weir.proxy.time.WallClock;

/**
 * What a server connection does, and since when. {@link ServerState} draws the states. Confined to the connection's event
 * loop.
 */
final class ServerPhase {

    private ServerState state = ServerState.CONNECTING;
    private long sinceNanos;
    private long linkedNanos;
    private boolean linkedOnce;
    /** What time it is, while that is known; 0 if not. */
    private long knownNanos;

    /** @param nowNanos {@link System#nanoTime()} of the connection's begin */
    ServerPhase(long nowNanos) {
        this.sinceNanos = nowNanos;
    }

    /** Takes note of what time it is until {@link #forgetTime}: reading the clock costs more than anything else here. */
    void knowTime(long nowNanos) {
        knownNanos = nowNanos;
    }

    void forgetTime() {
        knownNanos = 0;
    }

    /**
     * Goes over to another state.
     *
     * @param whose for the error
     * @return the state before
     * @throws IllegalStateException if that may not be
     */
    ServerState become(ServerState next, Object whose) {
        ServerState before = state;
        if (!next.mayFollow(before)) {
            throw new IllegalStateException(whose + ": " + before + " → " + next);
        }
        state = next;
        sinceNanos = knownNanos == 0 ? System.nanoTime() : knownNanos;
        if (next == ServerState.LINKED) {
            linkedNanos = sinceNanos;
            linkedOnce = true;
        }
        return before;
    }

    ServerState state() {
        return state;
    }

    /** {@link System#nanoTime()} of the last change. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Wall clock of the last link, 0 before the first. */
    long linkedMillis() {
        return linkedOnce ? WallClock.millis(linkedNanos) : 0;
    }
}
