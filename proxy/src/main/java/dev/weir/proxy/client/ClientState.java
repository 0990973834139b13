package dev.weir.proxy.client;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;

/**
 * What a logged-in client is doing.
 *
 * <pre>
 *   IDLE → WAITING → LINKED → IDLE
 *     ├──────────────↗
 *     └→ MOVING → IDLE
 *   any → CLOSED
 * </pre>
 */
public enum ClientState {
    /** Has no server and wants none. */
    IDLE,
    /** Stands in line for a server. */
    WAITING,
    /** Is served. */
    LINKED,
    /** On its way to another event loop. */
    MOVING,
    /** Gone. */
    CLOSED;

    private static final Map<ClientState, EnumSet<ClientState>> LEGAL = new EnumMap<>(Map.of(
            IDLE, EnumSet.of(WAITING, LINKED, MOVING, CLOSED),
            WAITING, EnumSet.of(IDLE, LINKED, CLOSED),
            LINKED, EnumSet.of(IDLE, CLOSED),
            MOVING, EnumSet.of(IDLE, CLOSED),
            CLOSED, EnumSet.noneOf(ClientState.class)));

    /**
     * The state that follows.
     *
     * @throws IllegalStateException if it may not
     */
    ClientState to(ClientState next) {
        if (!next.mayFollow(this)) {
            throw new IllegalStateException(this + " → " + next);
        }
        return next;
    }

    /** Whether what arrives from the client must not be read. */
    boolean isDeaf() {
        return this == MOVING || this == CLOSED;
    }

    /** Whether this state may follow {@code before}. */
    boolean mayFollow(ClientState before) {
        EnumSet<ClientState> followers = LEGAL.get(before);
        return followers != null && followers.contains(this);
    }
}
