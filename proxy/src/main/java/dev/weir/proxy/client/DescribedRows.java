package dev.weir.proxy.client;

import dev.weir.proxy.relay.Described;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.statement.PreparedStatement;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client was told of its statements' rows. Drivers that remember it (asyncpg, pgjdbc, pgx) must not get other rows
 * unannounced after a change of tables: where a server would give such, because the statement is new to it, the client gets
 * the error that PostgreSQL has for this, at which drivers prepare the statement anew.
 *
 * <p>Confined to the client's event loop.
 */
final class DescribedRows {

    private final ClientSession session;
    private final ServerPreparation preparation;
    /** Weak: a statement that nobody has open any more need not be remembered. */
    private @Nullable Map<PreparedStatement, Told> told;
    /** The statement in question cannot be prepared any more; the client has got PostgreSQL's error. */
    private boolean failed;

    DescribedRows(ClientSession session, ServerPreparation preparation) {
        this.session = session;
        this.preparation = preparation;
    }

    /** @param schema the tables for which this holds */
    private record Told(Object schema, int shape) {}

    /** What may happen with a Bind. */
    enum Verdict {
        /** The rows are as the client was told, or it does not rely on that. */
        GOOD,
        /** They are others. */
        CHANGED,
        /** PostgreSQL has been asked and the Bind must wait. */
        ASKED,
        /** The batch has failed. */
        FAILED
    }

    private final class Asker implements Described {
        private final PreparedStatement statement;
        private final Object schema = schema();
        private final boolean forClient;

        Asker(PreparedStatement statement, boolean forClient) {
            this.statement = statement;
            this.forClient = forClient;
        }

        @Override
        public void onDescribed(int shape) {
            statement.onDescribed(schema, shape);
            if (forClient) {
                tell(statement, new Told(schema, shape));
            }
        }

        @Override
        public void undo() {
            failed |= !forClient;
        }
    }

    /** Who takes note of what a Describe of the client's tells, null if it is known. */
    @Nullable
    Described onDescribe(PreparedStatement statement) {
        Told last = find(statement);
        return last != null && last.schema().equals(schema()) ? null : new Asker(statement, true);
    }

    /** The client prepares it once more, and knows nothing of it yet. */
    void forget(PreparedStatement statement) {
        if (told != null) {
            told.remove(statement);
        }
    }

    /** The client's statement is another one under the settings that it has now. */
    void carry(PreparedStatement statement, PreparedStatement understood) {
        Told last = find(statement);
        if (last != null) {
            tell(understood, last);
        }
    }

    /**
     * What may happen with a Bind of the statement.
     *
     * @param in where the Bind lies
     * @param end behind it
     */
    Verdict judge(ServerConnection server, PreparedStatement statement, MessageFramer framer, ByteBuf in, int end) {
        if (failed) {
            failed = false;
            return Verdict.FAILED;
        }
        Told last = find(statement);
        Object schema = schema();
        if (last == null || last.schema().equals(schema) || isDescribed(in, end)) {
            return Verdict.GOOD;
        }
        Integer shape = statement.shape(schema);
        if (shape == null) {
            if (server.expectations().needsSync()) {
                return Verdict.GOOD; // a question would end the batch that has begun
            }
            framer.emitRun();
            preparation.describeApart(server, statement, new Asker(statement, false));
            return Verdict.ASKED;
        }
        if (shape != last.shape()) {
            return Verdict.CHANGED;
        }
        tell(statement, new Told(schema, shape));
        return Verdict.GOOD;
    }

    /** Whether a Describe of the portal follows, as libpq has it: such a client is told of each result. */
    private static boolean isDescribed(ByteBuf in, int end) {
        return in.writerIndex() > end + 5 && in.getByte(end) == 'D' && in.getByte(end + 5) == 'P';
    }

    private @Nullable Told find(PreparedStatement statement) {
        return told == null ? null : told.get(statement);
    }

    private void tell(PreparedStatement statement, Told news) {
        Map<PreparedStatement, Told> all = told;
        if (all == null) {
            all = new WeakHashMap<>();
            told = all;
        }
        all.put(statement, news);
    }

    private Object schema() {
        return session.pool().database().schema();
    }
}
