package dev.weir.proxy.server;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;

/**
 * What a server connection is doing. {@link ServerConnection#become} is the only place that changes it.
 *
 * <pre>
 *   CONNECTING → LOGGING_IN → PREPARING → IDLE ⇄ LINKED → RESETTING → IDLE
 *                                          │  ↖ CHECKING ↙   │
 *                                          ↓                 ↓
 *                                        MOVING           DRAINING → RESETTING | IDLE
 *                                                         HELD (until cancels are delivered)
 *   any → CLOSED
 * </pre>
 */
public enum ServerState {
    /** Name look-up and TCP connect. */
    CONNECTING,
    /** From the startup packet to the first ReadyForQuery. */
    LOGGING_IN,
    /** Runs {@code connect_query}. */
    PREPARING,
    /** In its pool, free. */
    IDLE,
    /** In its pool, being asked whether it still lives. */
    CHECKING,
    /** Serves a client. */
    LINKED,
    /** Its client has gone in the middle of something: cancel, read to the end, roll back. */
    DRAINING,
    /** Runs {@code server_reset_query}. */
    RESETTING,
    /** Free but for cancel requests under way to it, which must not meet the next client's query. */
    HELD,
    /** Between two event loops. */
    MOVING,
    /** Gone. */
    CLOSED;

    private static final Map<ServerState, EnumSet<ServerState>> LEGAL = new EnumMap<>(Map.ofEntries(
            Map.entry(CONNECTING, EnumSet.of(LOGGING_IN, CLOSED)),
            Map.entry(LOGGING_IN, EnumSet.of(PREPARING, IDLE, CLOSED)),
            Map.entry(PREPARING, EnumSet.of(IDLE, CLOSED)),
            Map.entry(IDLE, EnumSet.of(LINKED, CHECKING, MOVING, CLOSED)),
            Map.entry(CHECKING, EnumSet.of(IDLE, CLOSED)),
            Map.entry(LINKED, EnumSet.of(IDLE, DRAINING, RESETTING, HELD, CLOSED)),
            Map.entry(DRAINING, EnumSet.of(IDLE, RESETTING, HELD, CLOSED)),
            Map.entry(RESETTING, EnumSet.of(IDLE, HELD, CLOSED)),
            Map.entry(HELD, EnumSet.of(IDLE, RESETTING, CLOSED)),
            Map.entry(MOVING, EnumSet.of(IDLE, CLOSED)),
            Map.entry(CLOSED, EnumSet.noneOf(ServerState.class))));

    /** Whether this state may follow {@code before}. */
    boolean mayFollow(ServerState before) {
        EnumSet<ServerState> followers = LEGAL.get(before);
        return followers != null && followers.contains(this);
    }
}
