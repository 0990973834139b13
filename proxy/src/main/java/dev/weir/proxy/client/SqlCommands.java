package dev.weir.proxy.client;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.relay.QueryProgress;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SqlStatements;
import dev.weir.proxy.sql.SqlStatements.Placed;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.state.SessionSettings;
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
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Simple queries with commands of the session itself: PREPARE and EXECUTE go to the server with our name in place of the
 * client's, DEALLOCATE and DISCARD ALL are carried out here where they stand alone. All of them wait until what was sent before is answered, so
 * that it is known whether the transaction is still a good one.
 *
 * <p>Confined to the client's event loop.
 */
final class SqlCommands {

    private static final int COMMANDS = Effects.PREPARES | Effects.EXECUTES | Effects.DEALLOCATES | Effects.DISCARDS;

    /** What has to be taken apart is kept until all of it is there. */
    private static final int TEXT_BYTES_MAX = 16 << 20;

    /** A longer text is not sent once more. */
    private static final int REPEATED_BYTES_MAX = 64 << 10;

    private static final int NAMING = Effects.PREPARES | Effects.DEALLOCATES;

    private static final byte[] PREPARE = "PREPARE ".getBytes(StandardCharsets.US_ASCII);

    private final ClientSession session;
    private final StatementTexts texts;
    private final OpenStatements open;
    private final ServerPreparation preparation;
    private final LocalCommands local;
    /** So much of the text of the query in waiting has been sent: it ends a transaction that has failed. */
    private int sentBefore;
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
        return (effects & (Effects.LISTENS | COMMANDS)) != 0;
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
        int before = sentBefore;
        int answer = onRest(effects, framer, in, start + before, length - before);
        if (answer != MessageSink.STOP) {
            sentBefore = 0;
        }
        return answer;
    }

    private int onRest(int effects, MessageFramer framer, ByteBuf in, int start, int length) {
        byte[] text = WireNames.bytes(in, start, length);
        List<Placed> all = SqlStatements.all(text, session.dialect());
        SqlStatement statement = all.size() == 1 ? all.getFirst().statement() : new SqlStatement.Other();
        List<SqlStatement> listening = all.stream()
                .map(Placed::statement)
                .filter(ClientChannels::isCommand)
                .toList();
        boolean script = ScriptReader.isScript(all)
                && (all.size() > 1 || statement instanceof SqlStatement.Execute)
                && length <= TEXT_BYTES_MAX;
        if (statement instanceof SqlStatement.Other && listening.isEmpty() && !script) {
            return MessageSink.FORWARD;
        }
        ServerConnection server = session.server();
        if (server != null && !server.expectations().isEmpty()) {
            return session.link().waitForAnswers() ? MessageSink.STOP : MessageSink.FORWARD;
        }
        boolean failed = server != null && server.transactionStatus() == TransactionStatus.FAILED;
        if (server != null && (server.expectations().needsSync() || (failed && all.size() == 1))) {
            return MessageSink.FORWARD;
        }
        if (!listening.isEmpty() && !failed) {
            int answer = listen(framer, listening, listening.size() < all.size());
            if (answer != MessageSink.FORWARD) {
                return answer;
            }
        }
        if (script) {
            return send(framer, all, effects, text, in, start);
        }
        if (!listening.isEmpty()) {
            return MessageSink.FORWARD;
        }
        return switch (statement) {
            case SqlStatement.Prepare prepare -> prepare(framer, prepare, effects, in, start);
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
        if (!commands.stream().allMatch(channels::isShared)) {
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
        byte[] before = WireNames.bytes(in, start, prepare.nameEnd());
        byte[] definition = WireNames.bytes(in, start + prepare.nameEnd(), prepare.end() - prepare.nameEnd());
        if (preparationFailed) {
            return onPreparationFailed(server);
        }
        if (existing != null && !ServerPreparation.isKnown(server, existing)) {
            preparation.ensureApart(server, List.of(existing), List.of(), () -> preparationFailed = true);
            session.link().keepForRequest();
            return MessageSink.STOP;
        }
        if (existing != null) {
            Undo inUse = () -> server.statements().nameInUse(existing, name);
            sendQuery(server, existing, definition, new Moved(prepare.nameStart(), before, existing, inUse));
            return MessageSink.DISCARD;
        }
        PreparedStatement statement = open.acquire(
                PreparedStatement.Origin.SQL,
                definition,
                session.meaning(),
                StatementTraits.read(in, start + prepare.nameEnd(), definition.length, effects & ~Effects.PREPARES));
        if (statement == null) {
            return session.pinLimit().refuseQuery(open.refusal(definition.length), framer);
        }
        open.put(name, statement);
        if (server.statements().use(statement)) {
            finishHere("PREPARE", _ -> {});
            return MessageSink.DISCARD;
        }
        ServerPreparation.forget(server, statement);
        var attempt = server.statements().add(statement);
        session.counters().serverParses++;
        Undo undo = () -> {
            server.statements().onFailed(statement, attempt);
            open.forget(name, statement);
        };
        sendQuery(server, statement, definition, new Moved(prepare.nameStart(), before, statement, undo));
        return MessageSink.DISCARD;
    }

    /** A PREPARE whose beginning is ours: nothing but what stands behind the name can be wrong in it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Moved(int name, byte[] before, PreparedStatement statement, Undo undoing) implements QueryProgress {
        @Override
        public void onCommandComplete() {}

        @Override
        public int position(int sent) {
            int behind = sent - PREPARE.length - statement.serverName().length;
            return behind > 0
                    ? QueryScript.characters(before, before.length) + behind
                    : QueryScript.characters(before, name) + 1;
        }

        @Override
        public void undo() {
            undoing.undo();
        }
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

    // ---- EXECUTE, and PREPARE, EXECUTE and DEALLOCATE among others ----

    private int send(MessageFramer framer, List<Placed> all, int effects, byte[] text, ByteBuf in, int start) {
        StatementTraits traits = traits(in, start, text.length, effects);
        ServerConnection server =
                session.channels().show(effects) && session.trace().sequences().admits(effects, framer)
                        ? session.link().request()
                        : null;
        if (server == null) {
            return MessageSink.STOP;
        }
        framer.emitRun();
        if (preparationFailed) {
            return onPreparationFailed(server);
        }
        boolean meaningful = traits.settings().meaningful();
        ScriptReader reader = new ScriptReader(
                session, texts, open, server, text, meaningful ? SessionSettings.unlikeAny() : session.meaning());
        QueryScript script = reader.read(all);
        if (script == null) {
            return session.pinLimit().refuseQuery(open.refusal(text.length), framer);
        }
        int more = reader.isCertain() ? traits.effects() & ~NAMING : traits.effects();
        for (PreparedStatement needed : script.needed()) {
            more |= needed.effects();
        }
        PgError refusal = session.pinLimit().refusal(more);
        if (refusal != null) {
            script.discard();
            return session.pinLimit().refuseQuery(refusal, framer);
        }
        if (!session.trace().sequences().admits(more, framer) || !isPrepared(server, script, all, text)) {
            script.discard();
            return MessageSink.STOP;
        }
        if (sentBefore > 0) {
            script.isBehind(WireNames.bytes(in, start - sentBefore, sentBefore));
        }
        note(traits, more, script, server);
        if (session.repeat().isFirstTime() && mayRepeat(all.getFirst(), text)) {
            script.mayRepeat(SentBatch.of(QueryScript.message(text)));
        }
        int length = script.length(text.length);
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + length + 1);
        out.writeByte(FrontendType.QUERY).writeInt(4 + length + 1);
        script.write(out, text);
        server.write(out.writeByte(0));
        open.onSimpleQuery(server);
        server.expectations().add(Expectations.QUERY, Expectations.FORWARD, script);
        if (script.changesNames() || (effects & (Effects.DISCARDS | Effects.DEALLOCATES)) != 0) {
            open.onDiscardSent();
        }
        return MessageSink.DISCARD;
    }

    /** Whether the server knows what the text needs, and nothing of what it prepares; sees to it if not. */
    private boolean isPrepared(ServerConnection server, QueryScript script, List<Placed> all, byte[] text) {
        boolean ready = true;
        for (PreparedStatement needed : script.needed()) {
            ready &= ServerPreparation.isKnown(server, needed);
        }
        for (PreparedStatement fresh : script.fresh()) {
            ready &= !server.statements().contains(fresh);
        }
        if (ready) {
            return true;
        }
        if (server.transactionStatus() == TransactionStatus.FAILED) {
            int end = endOfTransaction(all);
            if (end < 0) {
                return true; // PostgreSQL executes nothing of it
            }
            sendApart(server, Arrays.copyOf(text, end));
        } else {
            preparation.ensureApart(server, script.needed(), script.fresh(), () -> preparationFailed = true);
        }
        session.link().keepForRequest();
        return false;
    }

    /** Behind which statement of the text a transaction that has failed is over. */
    private static int endOfTransaction(List<Placed> all) {
        Placed first = all.getFirst();
        boolean ends =
                first.statement() instanceof SqlStatement.Rollback || first.statement() instanceof SqlStatement.Commit;
        return ends && all.size() > 1 ? first.end() : -1;
    }

    /** The end of a transaction, without the ReadyForQuery behind it: the rest of the text follows. */
    private void sendApart(ServerConnection server, byte[] beginning) {
        server.write(Unpooled.wrappedBuffer(QueryScript.message(beginning)));
        server.expectations().add(Expectations.QUERY, Expectations.FORWARD);
        open.onSimpleQuery(server);
        session.repeat().withholdNextReady();
        sentBefore = beginning.length;
    }

    /** The client has been told why its query comes to nothing. */
    private int onPreparationFailed(ServerConnection server) {
        preparationFailed = false;
        ByteBuf out = session.output().buffer(8);
        Messages.readyForQuery(out, server.transactionStatus());
        session.output().write(out);
        session.link().settle();
        return MessageSink.DISCARD;
    }

    private void note(StatementTraits traits, int effects, QueryScript script, ServerConnection server) {
        session.trace().note(StatementTraits.of(effects, traits.settings()), server);
        for (PreparedStatement needed : script.needed()) {
            session.trace().note(needed.traits(session.pool().suspects(), session.dialect()), server);
        }
    }

    /** Whether nothing has happened if the first statement is refused: its arguments have not been computed by functions. */
    private static boolean mayRepeat(Placed first, byte[] text) {
        if (text.length > REPEATED_BYTES_MAX || !(first.statement() instanceof SqlStatement.Execute execute)) {
            return false;
        }
        int calls = 0;
        for (int i = first.start() + execute.nameEnd(); i < first.end(); i++) {
            calls += text[i] == '(' ? 1 : 0;
        }
        return calls <= 1;
    }

    /** What a text says of itself, and what the names in it stand for. */
    StatementTraits traits(ByteBuf in, int start, int length, int effects) {
        SuspectNames suspects = session.pool().suspects();
        return StatementTraits.read(in, start, length, effects)
                .with(suspects, suspects.effectsIn(in, start, length, session.dialect()));
    }
}
