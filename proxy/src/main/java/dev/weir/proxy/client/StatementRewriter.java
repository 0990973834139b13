package dev.weir.proxy.client;

import dev.weir.proxy.relay.Described;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.statement.PlanChanged;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Makes prepared statements outlive the link to a server: the client's names stand for shared statements, which each server
 * knows under a name of ours; a server that does not know one yet is told on the way ("Extended Query"). This is what comes
 * after Parse: Bind, Describe, Execute, Close.
 *
 * <p>Confined to the client's event loop. Bind and Describe of a known statement allocate nothing but the buffer of the
 * rewritten head.
 */
final class StatementRewriter {

    private static final StatementTraits NOTHING = StatementTraits.of(0, MentionedSettings.NONE);

    private final ClientSession session;
    private final OpenStatements open;
    private final StatementParsing parsing;
    private final ServerPreparation preparation;
    private final LocalCommands local;
    private final DescribedRows rows;
    private final BatchRepeat repeat;
    private StatementTraits bound = NOTHING;
    /** What the unnamed portal executes, if it is a named statement. */
    private @Nullable PreparedStatement inUnnamedPortal;
    /** The batch of the last Bind has failed before the Bind was sent. */
    private boolean batchFailed;

    StatementRewriter(ClientSession session, StatementTexts texts) {
        this.session = session;
        this.repeat = new BatchRepeat(session);
        this.preparation = new ServerPreparation(session);
        this.rows = new DescribedRows(session, preparation);
        this.open = new OpenStatements(texts, rows::carry);
        this.local = new LocalCommands(session, open);
        this.parsing = new StatementParsing(session, open, texts, preparation, local, rows);
    }

    /** The client's statements. */
    OpenStatements open() {
        return open;
    }

    /** Puts statements where they are needed. */
    ServerPreparation preparation() {
        return preparation;
    }

    /** Commands that are carried out here. */
    LocalCommands local() {
        return local;
    }

    /** What may have to be sent once more. */
    BatchRepeat repeat() {
        return repeat;
    }

    /** {@link Effects} of the text parsed last. */
    int parsedEffects() {
        return parsing.parsedEffects();
    }

    /** {@link Effects} of what was bound last. */
    int boundEffects() {
        return bound.effects();
    }

    // | str statement | str query | int16 n | int32 type … |
    int parse(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        return mustWaitForAnswers() ? MessageSink.STOP : parsing.parse(framer, in, start, length, available);
    }

    // | str portal | str statement | formats, values … |
    int bind(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        int portal = WireNames.length(in, start, length, available);
        if (portal < 0) {
            return MessageSink.NEED_MORE;
        }
        int nameStart = start + portal + 1;
        int name = WireNames.length(in, nameStart, length - portal - 1, available - portal - 1);
        if (name < 0) {
            return MessageSink.NEED_MORE;
        }
        int head = portal + 1 + name + 1;
        if (!session.renamesStatements()) {
            return bindAsItIs(framer, name, in, start, head, length, available);
        }
        if (mustWaitForAnswers(in, nameStart, name)) {
            return MessageSink.STOP;
        }
        PreparedStatement statement = name == 0 ? null : open.find(in, nameStart, name, session.meaning());
        SqlStatement command = commandOf(statement, name);
        if (BoundNames.needMore(bound, length, available)) {
            return MessageSink.NEED_MORE;
        }
        bound = BoundNames.in(bound, in, start + head, available - head, available == length);
        local.bindPortal(in, start, portal, command);
        if (command != null) {
            return local.bound(framer);
        }
        PgError refusal = session.pinLimit().refusal(bound.effects());
        if (refusal != null) {
            return session.pinLimit().refuseBatch(refusal, framer);
        }
        boolean admitted = session.channels().show(bound.effects())
                && session.trace().sequences().admits(bound.effects(), framer);
        ServerConnection server = admitted ? session.link().request() : null;
        if (server == null) {
            return MessageSink.STOP;
        }
        if (statement != null) {
            DescribedRows.Verdict verdict = rows.judge(server, statement, framer, in, start + length);
            if (verdict != DescribedRows.Verdict.GOOD) {
                return notAsTold(verdict, server, framer);
            }
        }
        if (portal == 0) {
            inUnnamedPortal = statement;
        }
        Undo undo = used(statement, server, in, nameStart, name, null);
        prepare(server, framer, statement, name);
        session.queries().onBind(session, server, statement, name == 0 ? open.unnamed() : null);
        if (name > 0) {
            session.counters().binds++;
        }
        if (session.followsState()) {
            session.trace().note(bound, server);
        }
        server.expectations().add(Expectations.BIND, Expectations.FORWARD, undo);
        if (statement == null && !WireNames.isOurs(in, nameStart, name)) {
            return MessageSink.FORWARD;
        }
        framer.emitRun();
        byte[] serverName = statement == null ? WireNames.nobodys(in, nameStart, name) : statement.serverName();
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + portal + serverName.length + 2);
        out.writeByte(FrontendType.BIND).writeInt(4 + length - name + serverName.length);
        out.writeBytes(in, start, portal + 1);
        out.writeBytes(serverName).writeByte(0);
        server.write(out);
        return head;
    }

    private int notAsTold(DescribedRows.Verdict verdict, ServerConnection server, MessageFramer framer) {
        return switch (verdict) {
            case GOOD -> throw new IllegalStateException("nothing is wrong");
            case ASKED -> {
                session.link().keepForRequest();
                yield MessageSink.STOP;
            }
            case CHANGED -> {
                framer.emitRun();
                ServerPreparation.raise(server, PlanChanged.SQL);
                yield MessageSink.DISCARD;
            }
            case FAILED -> {
                batchFailed = true;
                yield MessageSink.DISCARD;
            }
        };
    }

    /** Whether the last Bind came to nothing, and the client has been told why: what follows is to be skipped. */
    boolean takeBatchFailed() {
        boolean taken = batchFailed;
        batchFailed = false;
        return taken;
    }

    /** Where names are the client's own. */
    private int bindAsItIs(MessageFramer framer, int name, ByteBuf in, int start, int head, int length, int available) {
        UnnamedStatement last = open.unnamed();
        if (name == 0) {
            bound = last == null ? NOTHING : last.traits();
        } else {
            bound = parsing.namedTraits();
        }
        if (BoundNames.needMore(bound, length, available)) {
            return MessageSink.NEED_MORE;
        }
        bound = BoundNames.in(bound, in, start + head, available - head, available == length);
        PgError refusal = session.pinLimit().refusal(bound.effects());
        if (refusal != null) {
            return session.pinLimit().refuseBatch(refusal, framer);
        }
        int answer = session.forward(Expectations.BIND);
        ServerConnection server = session.server();
        if (answer == MessageSink.FORWARD && server != null) {
            if (name == 0) {
                session.queries().onBindParsed(session, server);
            } else {
                session.queries().onBind(session, server, null, parsing.sessionText(in, start + head - 1 - name, name));
            }
        }
        if (answer == MessageSink.FORWARD && server != null && session.followsState()) {
            session.trace().note(bound, server);
        }
        return answer;
    }

    // | byte 'S' or 'P' | str name |
    int describe(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        if (available < length) {
            return needWhole(length);
        }
        byte kind = kind(in, start, length, "Describe");
        if (!session.renamesStatements()) {
            return session.forward(Expectations.DESCRIBE);
        }
        int name = WireNames.length(in, start + 1, length - 1, length - 1);
        if (kind != 'S') {
            return local.findPortal(in, start + 1, name) == null
                    ? describeSent(name == 0 ? inUnnamedPortal : null)
                    : local.describedPortal(framer);
        }
        if (mustWaitForAnswers(in, start + 1, name)) {
            return MessageSink.STOP;
        }
        PreparedStatement statement = name == 0 ? null : open.find(in, start + 1, name, session.meaning());
        if (commandOf(statement, name) != null) {
            return local.describedStatement(framer);
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        Undo undo = used(statement, server, in, start + 1, name, asker(statement));
        prepare(server, framer, statement, name);
        server.expectations().add(Expectations.DESCRIBE, Expectations.FORWARD, undo);
        if (statement == null && !WireNames.isOurs(in, start + 1, name)) {
            return MessageSink.FORWARD;
        }
        framer.emitRun();
        byte[] serverName = statement == null ? WireNames.nobodys(in, start + 1, name) : statement.serverName();
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + serverName.length + 2);
        out.writeByte(FrontendType.DESCRIBE).writeInt(4 + 2 + serverName.length);
        out.writeByte('S').writeBytes(serverName).writeByte(0);
        server.write(out);
        return MessageSink.DISCARD;
    }

    /** What is noted for the use of a statement: the server may know an outdated one, or turn out not to know it. */
    private @Nullable Undo used(
            @Nullable PreparedStatement statement,
            ServerConnection server,
            ByteBuf in,
            int start,
            int name,
            @Nullable Undo other) {
        if (statement == null) {
            repeat.onOther();
            return other;
        }
        Undo undo = repeat.onUse(other);
        return server.statements().isConfirmed(statement)
                ? undo
                : new NamedUse(server.statements(), statement, WireNames.bytes(in, start, name), undo);
    }

    private int describeSent(@Nullable PreparedStatement statement) {
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        server.expectations().add(Expectations.DESCRIBE, Expectations.FORWARD, asker(statement));
        return MessageSink.FORWARD;
    }

    private @Nullable Described asker(@Nullable PreparedStatement statement) {
        return statement == null ? null : rows.onDescribe(statement);
    }

    // | str portal | int32 rows |
    int execute(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        if (local.hasPortals()) {
            int portal = WireNames.length(in, start, length, available);
            if (portal < 0) {
                return MessageSink.NEED_MORE;
            }
            SqlStatement command = local.findPortal(in, start, portal);
            if (command != null) {
                return local.execute(framer, command);
            }
        }
        repeat.onOther();
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        Undo noted = session.queries().onExecute(session, server);
        server.expectations().add(Expectations.EXECUTE, Expectations.FORWARD, noted);
        return MessageSink.FORWARD;
    }

    // | byte 'S' or 'P' | str name |
    int close(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        if (available < length) {
            return needWhole(length);
        }
        byte kind = kind(in, start, length, "Close");
        int name = WireNames.length(in, start + 1, length - 1, length - 1);
        if (!session.renamesStatements()) {
            return session.forward(Expectations.CLOSE);
        }
        if (kind != 'S' && kind != 'P') {
            return session.forward(Expectations.CLOSE); // PostgreSQL says what is wrong with it
        }
        if (kind != 'S') {
            boolean ours = local.closePortal(in, start + 1, name);
            // without a server there are no portals: PostgreSQL too says that it has closed what is not there
            return ours || session.server() == null ? local.closed(framer) : session.forward(Expectations.CLOSE);
        }
        if (name == 0) {
            return closeUnnamed(framer);
        }
        if (mustWaitForAnswers(in, start + 1, name)) {
            return MessageSink.STOP;
        }
        byte[] clientName = WireNames.bytes(in, start + 1, name);
        PreparedStatement removed = open.remove(clientName);
        if (session.server() != null) {
            open.onChanging(clientName, repeat.batch());
        }
        return local.closed(framer, () -> open.restore(clientName, removed));
    }

    private int closeUnnamed(MessageFramer framer) {
        if (session.server() == null) {
            open.forgetUnnamed();
            return local.closed(framer);
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        UnnamedSlot slot = open.unnamedSlot();
        slot.onChanging(repeat.batch());
        server.expectations()
                .add(Expectations.CLOSE, Expectations.FORWARD, UnnamedChange.close(slot, server.statements()));
        return MessageSink.FORWARD;
    }

    /** What is to be done here instead of executing the statement of this name. */
    private @Nullable SqlStatement commandOf(@Nullable PreparedStatement statement, int name) {
        UnnamedStatement last = open.unnamed();
        if (name == 0 && last != null) {
            bound = last.traits(session.pool().suspects(), session.dialect());
            return last.command();
        }
        bound = statement == null ? NOTHING : statement.traits(session.pool().suspects(), session.dialect());
        return statement == null ? null : statement.command();
    }

    /** Sees to it that the server has the statement; one that the client does not have is left to PostgreSQL's own words. */
    private void prepare(
            ServerConnection server, MessageFramer framer, @Nullable PreparedStatement statement, int name) {
        if (statement != null) {
            if (!ServerPreparation.isKnown(server, statement)) {
                framer.emitRun();
                preparation.ensure(server, statement);
            }
            return;
        }
        UnnamedStatement last = open.unnamed();
        if (name == 0 && last != server.statements().unnamed()) {
            byte[] definition = last == null ? null : last.definition();
            framer.emitRun();
            if (last != null && definition != null) {
                preparation.restore(server, last, definition);
            } else {
                preparation.forgetUnnamed(server);
            }
        }
    }

    /** A command is under way that may take statements away from the server: what comes behind it depends on the outcome. */
    private boolean mustWaitForAnswers() {
        return open.isUncertain() && session.link().waitForAnswers();
    }

    /** What the name stands for depends on the outcome of what is under way. */
    private boolean mustWaitForAnswers(ByteBuf in, int start, int name) {
        if (mustWaitForAnswers()) {
            return true;
        }
        ServerConnection server = session.server();
        if (server == null || server.expectations().isEmpty()) {
            return false;
        }
        boolean doubtful =
                name == 0 ? open.unnamedSlot().isDoubtful(repeat.batch()) : isDoubtful(in, start, name, server);
        return doubtful && session.link().waitForAnswers();
    }

    /** Whether it may turn out that the client, or the server, does not have it. */
    private boolean isDoubtful(ByteBuf in, int start, int name, ServerConnection server) {
        PreparedStatement known = open.peek(in, start, name);
        return open.isDoubtful(in, start, name, repeat.batch())
                || (known != null && server.statements().isDoubtful(known, repeat.batch()));
    }

    private static byte kind(ByteBuf in, int start, int length, String message) {
        if (length < 2) {
            throw new ProtocolViolation("invalid " + message + " message");
        }
        return in.getByte(start);
    }

    private static int needWhole(int length) {
        WireNames.requireShort(length);
        return MessageSink.NEED_MORE;
    }
}
