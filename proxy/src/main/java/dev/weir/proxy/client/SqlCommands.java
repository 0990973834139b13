package dev.weir.proxy.client;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SqlStatements;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Simple queries that are one command of the session itself: PREPARE and EXECUTE go to the server with our name in place of
 * the client's, DEALLOCATE and DISCARD ALL are carried out here. All of them wait until what was sent before is answered, so
 * that it is known whether the transaction is still a good one.
 *
 * <p>Confined to the client's event loop.
 */
final class SqlCommands {

    private static final int COMMANDS = Effects.PREPARES | Effects.EXECUTES | Effects.DEALLOCATES | Effects.DISCARDS;

    /** What has to be taken apart is kept until all of it is there. */
    private static final int TEXT_BYTES_MAX = 16 << 20;

    private static final byte[] PREPARE = "PREPARE ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREPARE_NOTHING = " AS SELECT 1".getBytes(StandardCharsets.US_ASCII);

    private final ClientSession session;
    private final StatementTexts texts;
    private final OpenStatements open;
    private final ServerPreparation preparation;
    private final LocalCommands local;
    /** What a query in waiting executes could not be prepared, and the client has heard why. */
    private boolean preparationFailed;

    SqlCommands(ClientSession session, StatementTexts texts, StatementRewriter statements) {
        this.session = session;
        this.texts = texts;
        this.open = statements.open();
        this.preparation = statements.preparation();
        this.local = statements.local();
    }

    /** Whether a text with these effects may be such a command. */
    static boolean isCommand(int effects) {
        return (effects & Effects.LISTENS) != 0 || ((effects & COMMANDS) != 0 && (effects & Effects.MANY) == 0);
    }

    /**
     * Takes the beginning of a query that {@link #isCommand}, too long to be here already.
     *
     * @param length of the whole message
     * @return {@link MessageSink#FORWARD} if it is for the server as it is
     */
    int onBeginning(int effects, MessageFramer framer, int length) {
        if (length <= TEXT_BYTES_MAX) {
            return MessageSink.NEED_MORE;
        }
        if ((effects & Effects.MANY) != 0 || (effects & (Effects.PREPARES | Effects.EXECUTES)) == 0) {
            return MessageSink.FORWARD;
        }
        return session.pinLimit()
                .refuseQuery(
                        PgError.error(
                                SqlState.PROGRAM_LIMIT_EXCEEDED,
                                "a PREPARE or EXECUTE of " + length
                                        + " bytes cannot be carried out through a shared connection"),
                        framer);
    }

    /**
     * Takes a query that {@link #isCommand}.
     *
     * @param start of the text
     * @param length of the text, without its terminator
     * @return {@link MessageSink#FORWARD} if it is for the server as it is
     */
    int onQuery(int effects, MessageFramer framer, ByteBuf in, int start, int length) {
        SqlStatement statement = SqlStatements.single(in, start, length, session.dialect());
        List<SqlStatement> all = (effects & Effects.LISTENS) == 0
                ? List.of()
                : SqlStatements.all(WireNames.bytes(in, start, length), session.dialect());
        List<SqlStatement> listening =
                all.stream().filter(ClientChannels::isCommand).toList();
        if (statement instanceof SqlStatement.Other && listening.isEmpty()) {
            return MessageSink.FORWARD;
        }
        ServerConnection server = session.server();
        if (server != null && !server.expectations().isEmpty()) {
            return session.link().waitForAnswers() ? MessageSink.STOP : MessageSink.FORWARD;
        }
        if (server != null
                && (server.expectations().needsSync() || server.transactionStatus() == TransactionStatus.FAILED)) {
            return MessageSink.FORWARD;
        }
        if (!listening.isEmpty()) {
            return listen(framer, listening, listening.size() < all.size());
        }
        return switch (statement) {
            case SqlStatement.Prepare prepare -> prepare(framer, prepare, effects, in, start);
            case SqlStatement.Execute execute -> execute(framer, execute, effects, in, start, length);
            default -> local.canRun(statement) ? runHere(statement) : MessageSink.FORWARD;
        };
    }

    private int runHere(SqlStatement statement) {
        LocalCommands.Outcome outcome = local.run(statement);
        finishHere(outcome.tag(), outcome.news());
        return MessageSink.DISCARD;
    }

    /** @param amongOthers whether the server has to execute the text for the sake of what else is in it */
    private int listen(MessageFramer framer, List<SqlStatement> commands, boolean amongOthers) {
        ClientChannels channels = session.channels();
        if (!channels.areShared()) {
            channels.changes().forward(commands);
            return MessageSink.FORWARD;
        }
        PgError refusal = channels.refusal();
        if (refusal != null) {
            int answer = session.pinLimit().refuseQuery(refusal, framer);
            if (answer != MessageSink.STOP) {
                channels.onRefused();
            }
            return answer;
        }
        boolean prepared = true;
        for (SqlStatement command : commands) {
            prepared &= channels.prepare(command);
        }
        if (!prepared) {
            return MessageSink.STOP;
        }
        if (amongOthers) {
            channels.changes().forward(commands);
            return MessageSink.FORWARD;
        }
        ServerConnection server = session.server();
        boolean marked = server != null && session.trace().hasSavepoints();
        if (marked && session.link().request() == null) {
            return MessageSink.STOP;
        }
        ByteBuf out = session.output().buffer(64);
        for (SqlStatement command : commands) {
            if (marked && server != null) {
                framer.emitRun();
                mark(command, server);
            } else {
                channels.changes().execute(command);
            }
            Messages.commandComplete(out, ClientChannels.tag(command));
        }
        byte status = server == null ? TransactionStatus.IDLE : server.transactionStatus();
        if (status == TransactionStatus.IDLE) {
            channels.onTransactionEnd();
        }
        Messages.readyForQuery(out, status);
        session.output().write(out);
        channels.interject();
        session.link().settle();
        return MessageSink.DISCARD;
    }

    /** Lets the server keep account of whether the command is taken back. */
    private void mark(SqlStatement command, ServerConnection server) {
        ByteBuf out = server.buffer(64);
        Messages.query(out, session.channels().changes().markText(command));
        server.write(out);
        open.onSimpleQuery(server);
        server.expectations().add(Expectations.QUERY, Expectations.SWALLOW);
        session.trace().note(StatementTraits.of(Effects.LISTENS, MentionedSettings.NONE), server);
    }

    private void finishHere(String tag, Consumer<ByteBuf> news) {
        ServerConnection server = session.server();
        ByteBuf out = session.output().buffer(64);
        news.accept(out);
        Messages.commandComplete(out, tag);
        Messages.readyForQuery(out, server == null ? TransactionStatus.IDLE : server.transactionStatus());
        session.output().write(out);
        session.link().settle();
    }

    // ---- PREPARE ----

    private int prepare(MessageFramer framer, SqlStatement.Prepare prepare, int effects, ByteBuf in, int start) {
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        byte[] name = WireNames.bytes(prepare.name());
        PreparedStatement existing = open.find(name, session.meaning());
        framer.emitRun();
        if (existing != null) {
            preparation.ensure(server, existing);
            sendQuery(
                    server, existing, PREPARE_NOTHING, () -> server.statements().nameInUse(existing, name));
            return MessageSink.DISCARD;
        }
        byte[] definition = WireNames.bytes(in, start + prepare.nameEnd(), prepare.end() - prepare.nameEnd());
        PreparedStatement statement = texts.acquire(
                PreparedStatement.Origin.SQL,
                definition,
                session.meaning(),
                StatementTraits.read(in, start + prepare.nameEnd(), definition.length, effects & ~Effects.PREPARES));
        open.put(name, statement);
        if (server.statements().use(statement)) {
            finishHere("PREPARE", _ -> {});
            return MessageSink.DISCARD;
        }
        ServerPreparation.forget(server, statement);
        var attempt = server.statements().add(statement);
        session.counters().serverParses++;
        sendQuery(server, statement, definition, () -> {
            server.statements().onFailed(statement, attempt);
            open.forget(name, statement);
        });
        return MessageSink.DISCARD;
    }

    private void sendQuery(ServerConnection server, PreparedStatement statement, byte[] definition, Undo undo) {
        byte[] ours = statement.serverName();
        ByteBuf out = server.buffer(32 + definition.length);
        out.writeByte(FrontendType.QUERY).writeInt(4 + PREPARE.length + ours.length + definition.length + 1);
        out.writeBytes(PREPARE).writeBytes(ours).writeBytes(definition).writeByte(0);
        server.write(out);
        open.onSimpleQuery(server);
        server.expectations().add(Expectations.QUERY, Expectations.FORWARD, undo);
    }

    // ---- EXECUTE ----

    private int execute(
            MessageFramer framer, SqlStatement.Execute execute, int effects, ByteBuf in, int start, int length) {
        PreparedStatement statement = open.find(WireNames.bytes(execute.name()), session.meaning());
        if (statement == null) {
            return MessageSink.FORWARD; // PostgreSQL says so itself
        }
        PgError refusal = session.pinLimit().refusal(statement.effects());
        if (refusal != null) {
            return session.pinLimit().refuseQuery(refusal, framer);
        }
        boolean admitted = session.trace().sequences().admits(statement.effects(), framer);
        ServerConnection server = admitted ? session.link().request() : null;
        if (server == null) {
            return MessageSink.STOP;
        }
        framer.emitRun();
        if (preparationFailed) {
            preparationFailed = false;
            ByteBuf out = session.output().buffer(8);
            Messages.readyForQuery(out, server.transactionStatus());
            session.output().write(out);
            session.link().settle();
            return MessageSink.DISCARD;
        }
        if (!ServerPreparation.isKnown(server, statement)) {
            preparation.ensureApart(server, statement, () -> preparationFailed = true);
            session.link().keepForRequest();
            return MessageSink.STOP;
        }
        byte[] text = renamed(
                WireNames.bytes(in, start, length), execute.nameStart(), execute.nameEnd(), statement.serverName());
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + text.length + 1);
        out.writeByte(FrontendType.QUERY).writeInt(4 + text.length + 1);
        server.write(out.writeBytes(text).writeByte(0));
        open.onSimpleQuery(server);
        session.trace().note(StatementTraits.of(effects, MentionedSettings.NONE), server);
        session.trace().note(statement.traits(session.pool().suspects(), session.dialect()), server);
        server.expectations().add(Expectations.QUERY, Expectations.FORWARD);
        return MessageSink.DISCARD;
    }

    /** A text with another name in place of the one at {@code from}. */
    static byte[] renamed(byte[] text, int from, int to, byte[] name) {
        ByteBuf out = Unpooled.buffer(text.length - (to - from) + name.length);
        out.writeBytes(text, 0, from).writeBytes(name).writeBytes(text, to, text.length - to);
        return out.array();
    }
}
