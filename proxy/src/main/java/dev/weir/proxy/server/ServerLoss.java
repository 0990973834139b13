package dev.weir.proxy.server;

/**
 * Why server connections end that nobody wanted to end: the peer has closed, has given up by a FATAL error, or says what
 * nobody can understand. The reasons stand in the log.
 */
public final class ServerLoss {

    /** The connection has ended without a word. */
    static final String CRASHED = "server conn crashed?";

    /** What PostgreSQL said last follows. */
    static final String SAID = "server said: ";

    /** What is wrong follows. */
    static final String VIOLATION = "protocol violation: ";

    private ServerLoss() {}

    /** Whether a connection that was closed for this reason was lost. */
    public static boolean is(String reason) {
        return reason.equals(CRASHED) || reason.startsWith(SAID) || reason.startsWith(VIOLATION);
    }
}
