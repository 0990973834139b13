package dev.weir.proxy.client;

import dev.weir.config.PinMode;
import dev.weir.config.PoolMode;
import dev.weir.proxy.pool.FunctionWatch;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.SessionFacts;
import java.util.Set;

/**
 * Whether a client's server can be let go between two transactions, and what PostgreSQL is asked before anybody else gets it.
 * Confined to the client's event loop.
 */
final class Inquiry {

    /** What is to become of the server. */
    enum Outcome {
        /** Nothing keeps it. */
        FREE,
        /** It has been asked something: {@link ClientLink#onServerIdle} follows. Or the client is gone. */
        ASKED,
        /** The client keeps it. */
        KEPT
    }

    private final ClientSession session;
    private final SessionTrace trace;
    private final ClientSettings settings;
    private boolean awaiting;

    Inquiry(ClientSession session, SessionTrace trace, ClientSettings settings) {
        this.session = session;
        this.trace = trace;
        this.settings = settings;
    }

    /** Looks, and asks if there is a reason to. */
    Outcome begin(ServerConnection server) {
        if (session.followsState()) {
            return follow(server);
        }
        return session.profile().mode() == PoolMode.SESSION ? keep(server) : Outcome.FREE;
    }

    private Outcome follow(ServerConnection server) {
        trace.announce(session.pool().database());
        if (!trace.needsProbe(session.profile().pin())) {
            trace.onIdle();
            return trace.isPinned() ? keepPinned() : Outcome.FREE;
        }
        if (trace.isSuspect() && session.pool().suspects().isAny()) {
            if (server.release().surveyForUser()) {
                return Outcome.ASKED;
            }
            if (isAnswerDue()) {
                return Outcome.KEPT;
            }
        }
        server.session()
                .probe(trace.question(
                        session.renamesStatements(), session.pool().suspects(), settings.nameRole()));
        return Outcome.ASKED;
    }

    private Outcome keepPinned() {
        return session.departure().leaves(trace.pins()) ? Outcome.ASKED : Outcome.KEPT;
    }

    /** PostgreSQL has answered. */
    void onProbed(SessionFacts facts, ServerConnection server) {
        if (session.departure().onProbed(facts)) {
            return;
        }
        PinMode mode = session.profile().pin();
        Set<String> perhapsReset = trace.hasSetLocally() ? facts.asAfterReset() : Set.of();
        settings.onProbed(
                mode == PinMode.NEVER ? facts.portable() : facts.settings(), perhapsReset, facts.privileged());
        trace.onProbed(session.channels().onProbed(facts, server), server, mode);
    }

    /** The client's own statement has discarded something of its session. */
    void onDiscarded(String tag) {
        if (tag.equals("DISCARD ALL")) {
            session.channels().discard();
            trace.onDiscarded();
        }
        if (!tag.equals("RESET")) {
            session.open().clear();
        }
        if (!tag.equals("DEALLOCATE ALL")) {
            settings.onDiscarded();
        }
    }

    private Outcome keep(ServerConnection server) {
        if (session.departure().asks(server)) {
            return Outcome.ASKED;
        }
        if (session.profile().fastClose()
                && session.pool().shard(session.worker()).isOld(server)) {
            session.closeWithError(session.errors().databaseChanged());
            return Outcome.ASKED;
        }
        // After a RESET it is not known what is left, and a session of its own must not lose any of that.
        if (server.settings().applied() != null
                && !session.link().settings().equals(server.settings().applied())) {
            server.settings().reapply();
        }
        return Outcome.KEPT;
    }

    /** Whether the client is linked to its server for no other reason. */
    boolean isAllThereIs() {
        return session.followsState() && !session.inbound().isMidMessage() && trace.needsNothing();
    }

    /** Whether another server is asked just now which settings functions may have changed. */
    private boolean isAnswerDue() {
        FunctionWatch functions = session.pool().database().functions();
        if (!awaiting) {
            awaiting = functions.awaitEnd(() -> session.worker().loop().execute(this::onAnswer));
        }
        return awaiting;
    }

    private void onAnswer() {
        awaiting = false;
        session.link().settle();
    }
}
