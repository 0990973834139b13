package dev.weir.proxy.client;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerSettings;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Sees to it that {@code currval} and {@code lastval} never tell a client what another has drawn from a sequence: where any
 * client of a pool uses them, a server forgets what it knows of sequences before another client gets it. Nobody else pays.
 *
 * <p>Confined to the client's event loop.
 */
final class SequenceGuard {

    /** Of a statement and a portal of our own. */
    private static final String MARK = "weir_sequences";

    private final ClientSession session;

    SequenceGuard(ClientSession session) {
        this.session = session;
    }

    /** The client is about to get a server. */
    void onLinked(ServerConnection server) {
        if (session.followsState()) {
            server.settings().handSequencesTo(id(), session.pool().readsSequences());
        }
    }

    private long id() {
        return session.login().id();
    }

    /** Whether the server knows of sequences only what this client has drawn, and somebody might ask for it. */
    boolean areOn(ServerConnection server) {
        return session.pool().readsSequences() && server.settings().areSequencesOf(id());
    }

    /**
     * A text with these effects is about to be sent.
     *
     * @return false if it has to wait
     */
    boolean admits(int effects, MessageFramer framer) {
        if ((effects & Effects.READS_SEQUENCES) == 0 || !session.followsState()) {
            return true;
        }
        session.pool().onSequencesRead();
        ServerConnection server = session.server();
        if (server == null || session.trace().hasWorked() || server.settings().areSequencesOf(id())) {
            return true; // what the transaction has drawn itself must stay
        }
        if (session.link().request() == null) {
            return false;
        }
        framer.emitRun();
        forget(server);
        return true;
    }

    private void forget(ServerConnection server) {
        server.settings().ownSequences(id());
        Expectations expectations = server.expectations();
        ByteBuf out = server.buffer(128);
        if (expectations.needsSync()) {
            Messages.close(out, 'S', MARK);
            Messages.parse(out, MARK, ServerSettings.DISCARD_SEQUENCES);
            Messages.bind(out, MARK, MARK, List.of());
            Messages.execute(out, MARK, 0);
            Messages.close(out, 'P', MARK);
            Messages.close(out, 'S', MARK);
            expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
            expectations.add(Expectations.PARSE, Expectations.SWALLOW);
            expectations.add(Expectations.BIND, Expectations.SWALLOW);
            expectations.add(Expectations.EXECUTE, Expectations.SWALLOW);
            expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
            expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
        } else {
            Messages.query(out, ServerSettings.DISCARD_SEQUENCES);
            server.statements().setUnnamed(null); // a simple query destroys it
            expectations.add(Expectations.QUERY, Expectations.SWALLOW);
        }
        server.write(out);
    }
}
