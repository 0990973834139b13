package dev.weir.proxy.client;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerSession;
import dev.weir.proxy.state.Pin;
import dev.weir.proxy.state.SessionFacts;
import java.util.List;

/// How a client ends when the pooler is drained: told to go, it goes at the first moment at which everything that it
/// has
/// asked for is answered, no transaction is open, and nothing lives in its session that would be lost. What it may have
/// sent by then has not been looked at, so it can be sent again elsewhere.
///
/// Confined to the client's event loop.
public final class ClientDeparture {

    /// Settings are of no interest; that they are not known afterwards either keeps them as the client has made them.
    private static final ServerSession.Question QUESTION =
            new ServerSession.Question(true, false, false, true, List.of(), false);

    /// What is known of a session that is not followed, as none is in session mode.
    private enum Look {
        NONE,
        ASKED,
        EMPTY,
        HOLDS
    }

    private final ClientSession session;
    private boolean due;
    private Look look = Look.NONE;

    ClientDeparture(ClientSession session) {
        this.session = session;
    }

    /// Whether the client has been told to go.
    public boolean isDue() {
        return due;
    }

    /// Whether it can be told so now; not while it is on its way to another event loop.
    public boolean mayBegin() {
        return !due && session.state() != ClientState.MOVING;
    }

    /// Tells it to go: now, or when its transaction is over.
    public void begin() {
        due = true;
        look();
    }

    /// Lets it go if it has been told to and nothing is under way.
    void look() {
        if (!due) {
            return;
        }
        switch (session.state()) {
            case IDLE -> leave();
            case LINKED -> session.link().settle();
            case WAITING -> {
                // Nobody knows whether there will ever be a server, and nothing has begun that could be lost.
                if (session.pool().isPaused()) {
                    leave();
                }
            }
            case MOVING, CLOSED -> {}
        }
    }

    /// A client whose session is followed keeps its server for these.
    ///
    /// @return whether it is gone
    boolean leaves(List<Pin> pins) {
        boolean leaves = due && !holds(pins);
        if (leaves) {
            leave();
        }
        return leaves;
    }

    private void leave() {
        session.dismiss(ClientErrors.draining());
    }

    // ---- session mode: PostgreSQL is asked what lives there ----

    /// The server is at rest, and the client's until it leaves.
    ///
    /// @return whether the server has been asked something, or the client is gone
    boolean asks(ServerConnection server) {
        if (!due) {
            return false;
        }
        switch (look) {
            case NONE -> {
                look = Look.ASKED;
                server.session().probe(QUESTION);
            }
            case ASKED -> {}
            case EMPTY -> leave();
            case HOLDS -> {
                look = Look.NONE; // after the next transaction
                return false;
            }
        }
        return true;
    }

    /// PostgreSQL has answered; {@link #asks} follows.
    ///
    /// @return whether it was this that had asked
    boolean onProbed(SessionFacts facts) {
        if (look != Look.ASKED) {
            return false;
        }
        look = holds(facts.pins()) ? Look.HOLDS : Look.EMPTY;
        return true;
    }

    private static boolean holds(List<Pin> pins) {
        return pins.stream().map(Pin::reason).anyMatch(ClientDeparture::isLost);
    }

    /// Whether it is worth waiting for its end: settings, libraries, channels and prepared statements stay for as long
    /// as
    /// the session, and whoever connects anew makes them anew.
    private static boolean isLost(Pin.Reason reason) {
        return switch (reason) {
            case ADVISORY_LOCK, TEMPORARY_TABLE, TEMPORARY_OBJECT, CURSOR, UNKNOWN -> true;
            case PREPARED_STATEMENT, LIBRARY, SETTING, LISTEN, CONFIGURED -> false;
        };
    }

    // ---- the deadline ----

    /// Time is nearly up: has what runs cancelled, except for a COMMIT; who has nothing running goes.
    public void hurry() {
        due = true;
        ServerConnection linked = session.server();
        if (linked == null || linked.expectations().isEmpty()) {
            end();
        } else if (!session.inbound().isCommitSent()) {
            session.onCancelRequest(() -> {});
        }
    }

    /// Time is up: what is open is rolled back.
    public void end() {
        if (session.state() != ClientState.CLOSED) {
            session.closeWithError(ClientErrors.draining());
        }
    }
}
