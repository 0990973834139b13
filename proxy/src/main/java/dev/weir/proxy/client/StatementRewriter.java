package dev.weir.proxy.client;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.statement.ClientStatements;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.TransactionEnd;
import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Makes prepared statements outlive the link to a server: the client's names stand for shared statements, which each server
 * knows under a name of ours; a server that does not know one yet is told on the way ("Extended Query").
 *
 * <p>The last unnamed statement is remembered too, so that a client may Parse in one transaction and Bind in the next.
 *
 * <p>Confined to the client's event loop. Bind and Describe of a known statement allocate nothing but the buffer of the
 * rewritten head.
 */
final class StatementRewriter {

    /** A statement longer than this cannot be kept for preparing it again. */
    private static final int DEFINITION_BYTES_MAX = 16 << 20;
    /** So many named statements, and so many bytes of them, may one client keep open. */
    private static final int STATEMENTS_MAX = 20_000;

    private static final long STATEMENT_BYTES_MAX = 64L << 20;
    /** An unnamed statement longer than this is not remembered. */
    private static final int UNNAMED_BYTES_MAX = 8 << 10;
    /** Names are identifiers; PostgreSQL itself cuts them nowhere near this. */
    private static final int NAME_BYTES_MAX = 64 << 10;

    private static final byte[] NO_NAME = new byte[0];

    private final ClientSession session;
    private final StatementTexts texts;
    private final ClientStatements statements = new ClientStatements();
    private @Nullable UnnamedStatement unnamed;
    private boolean parsedEndsTransaction;
    private boolean boundEndsTransaction;

    StatementRewriter(ClientSession session, StatementTexts texts) {
        this.session = session;
        this.texts = texts;
    }

    /** Number of named statements. */
    int count() {
        return statements.size();
    }

    boolean lastParsedEndsTransaction() {
        return parsedEndsTransaction;
    }

    boolean lastBoundEndsTransaction() {
        return boundEndsTransaction;
    }

    /** A simple query destroys the unnamed statement, the client's own and whoever's the server holds. */
    void onSimpleQuery(@Nullable ServerConnection server) {
        forgetUnnamed();
        if (server != null) {
            server.statements().setUnnamed(null);
        }
    }

    /** DISCARD ALL or DEALLOCATE ALL. */
    void clear() {
        statements.clear(texts::release);
        forgetUnnamed();
    }

    private void forgetUnnamed() {
        unnamed = null;
    }

    // | str statement | str query | int16 n | int32 type … |
    int parse(ServerConnection server, MessageFramer framer, ByteBuf in, int start, int length, int available) {
        int name = nameLength(in, start, length, available);
        if (name < 0) {
            return MessageSink.NEED_MORE;
        }
        parsedEndsTransaction = TransactionEnd.isAt(in, start + name + 1, available - name - 1);
        if (!session.rewritesStatements()) {
            server.expectations().add(Expectations.PARSE, Expectations.FORWARD);
            return MessageSink.FORWARD;
        }
        if (name == 0) {
            return parseUnnamed(server, in, start, length, available);
        }
        if (length > DEFINITION_BYTES_MAX) {
            throw new ProtocolViolation(PgError.fatal(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "a named statement of " + length + " bytes cannot be prepared through a shared connection"));
        }
        if (available < length) {
            return MessageSink.NEED_MORE;
        }
        PreparedStatement existing = statements.find(in, start, name);
        if (existing != null && isCertainToAnswer(server.expectations())) {
            // Whether the name is really taken will be known then: the Parse that gave it away may have failed.
            session.link().stopForAnswers();
            return MessageSink.STOP;
        }
        if (existing == null
                && (statements.size() >= STATEMENTS_MAX || statements.bytes() + length > STATEMENT_BYTES_MAX)) {
            throw new ProtocolViolation(PgError.fatal(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "too many prepared statements are open in this session"));
        }
        byte[] clientName = bytes(in, start, name);
        session.counters().clientParses++;
        PreparedStatement statement =
                existing != null ? existing : texts.acquire(bytes(in, start + name + 1, length - name - 1));
        if (existing != null) {
            // The name is in use: PostgreSQL says so itself when it is asked for a name that it knows.
            framer.emitRun();
            ensurePrepared(server, statement);
            sendParse(server, statement.serverName(), statement.definition());
            server.expectations()
                    .add(
                            Expectations.PARSE,
                            Expectations.FORWARD,
                            () -> server.statements().nameInUse(statement, clientName));
            return MessageSink.DISCARD;
        }
        statements.put(clientName, statement);
        if (server.statements().use(statement)) {
            framer.emitRun();
            server.expectations().add(Expectations.PARSE, Expectations.INVENT, () -> forget(clientName, statement));
            server.inventAnswers();
            return MessageSink.DISCARD;
        }
        framer.emitRun();
        makeRoom(server);
        sendParse(server, statement.serverName(), statement.definition());
        server.statements().add(statement);
        session.counters().serverParses++;
        server.expectations().add(Expectations.PARSE, Expectations.FORWARD, () -> {
            server.statements().remove(statement);
            forget(clientName, statement);
        });
        return MessageSink.DISCARD;
    }

    /** Whether something is outstanding, and all of it will be answered without a further message of the client. */
    private static boolean isCertainToAnswer(Expectations outstanding) {
        return !outstanding.isEmpty() && !outstanding.needsSync() && !outstanding.isCopyIn();
    }

    private int parseUnnamed(ServerConnection server, ByteBuf in, int start, int length, int available) {
        if (length <= UNNAMED_BYTES_MAX && available < length) {
            return MessageSink.NEED_MORE;
        }
        session.counters().clientParses++;
        session.counters().serverParses++;
        UnnamedStatement parsed = new UnnamedStatement(
                length <= UNNAMED_BYTES_MAX ? bytes(in, start + 1, length - 1) : null, parsedEndsTransaction);
        unnamed = parsed;
        server.statements().setUnnamed(parsed);
        server.expectations().add(Expectations.PARSE, Expectations.FORWARD, () -> {
            server.statements().setUnnamed(null);
            if (unnamed == parsed) {
                forgetUnnamed();
            }
        });
        return MessageSink.FORWARD;
    }

    /** The name was never given away after all, unless it has been given to another statement since. */
    private void forget(byte[] clientName, PreparedStatement statement) {
        if (statement.equals(statements.find(Unpooled.wrappedBuffer(clientName), 0, clientName.length))) {
            forget(clientName);
        }
    }

    private void forget(byte[] clientName) {
        PreparedStatement removed = statements.remove(clientName);
        if (removed != null) {
            texts.release(removed);
        }
    }

    // | str portal | str statement | formats, values … |
    int bind(ServerConnection server, MessageFramer framer, ByteBuf in, int start, int length, int available) {
        int portal = nameLength(in, start, length, available);
        if (portal < 0) {
            return MessageSink.NEED_MORE;
        }
        int nameStart = start + portal + 1;
        int name = nameLength(in, nameStart, length - portal - 1, available - portal - 1);
        if (name < 0) {
            return MessageSink.NEED_MORE;
        }
        session.counters().binds++;
        PreparedStatement statement = prepare(server, framer, in, nameStart, name);
        server.expectations().add(Expectations.BIND, Expectations.FORWARD);
        if (statement == null) {
            return MessageSink.FORWARD;
        }
        framer.emitRun();
        byte[] serverName = statement.serverName();
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + portal + serverName.length + 2);
        out.writeByte(FrontendType.BIND).writeInt(4 + length - name + serverName.length);
        out.writeBytes(in, start, portal + 1);
        out.writeBytes(serverName).writeByte(0);
        server.write(out);
        return portal + 1 + name + 1;
    }

    // | byte 'S' or 'P' | str name |
    int describe(ServerConnection server, MessageFramer framer, ByteBuf in, int start, int length, int available) {
        if (available < length) {
            return needWhole(length);
        }
        if (length < 2) {
            throw new ProtocolViolation("invalid Describe message");
        }
        if (in.getByte(start) != 'S') {
            server.expectations().add(Expectations.DESCRIBE, Expectations.FORWARD);
            return MessageSink.FORWARD;
        }
        int name = nameLength(in, start + 1, length - 1, length - 1);
        PreparedStatement statement = prepare(server, framer, in, start + 1, name);
        server.expectations().add(Expectations.DESCRIBE, Expectations.FORWARD);
        if (statement == null) {
            return MessageSink.FORWARD;
        }
        framer.emitRun();
        byte[] serverName = statement.serverName();
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + serverName.length + 2);
        out.writeByte(FrontendType.DESCRIBE).writeInt(4 + 2 + serverName.length);
        out.writeByte('S').writeBytes(serverName).writeByte(0);
        server.write(out);
        return MessageSink.DISCARD;
    }

    // | byte 'S' or 'P' | str name |
    int close(ServerConnection server, MessageFramer framer, ByteBuf in, int start, int length, int available) {
        if (available < length) {
            return needWhole(length);
        }
        if (length < 2) {
            throw new ProtocolViolation("invalid Close message");
        }
        if (in.getByte(start) != 'S' || length == 2 || !session.rewritesStatements()) {
            if (in.getByte(start) == 'S' && length == 2) {
                forgetUnnamed();
            }
            server.expectations().add(Expectations.CLOSE, Expectations.FORWARD);
            return MessageSink.FORWARD;
        }
        framer.emitRun();
        byte[] name = bytes(in, start + 1, nameLength(in, start + 1, length - 1, length - 1));
        PreparedStatement removed = statements.remove(name);
        if (removed != null) {
            texts.release(removed);
        }
        server.expectations().add(Expectations.CLOSE, Expectations.INVENT, () -> {
            if (removed != null) {
                statements.put(name, texts.acquire(removed.definition()));
            }
        });
        server.inventAnswers();
        return MessageSink.DISCARD;
    }

    /** Closes a named statement that no server needs to hear about. */
    boolean closeHere(ByteBuf in, int start, int length, int available) {
        if (!session.rewritesStatements() || available < length || length <= 2 || in.getByte(start) != 'S') {
            return false;
        }
        forget(bytes(in, start + 1, nameLength(in, start + 1, length - 1, length - 1)));
        return true;
    }

    /**
     * Sees to it that the server has the statement of this name.
     *
     * @return the shared statement, or null if the message is to go on as it is: PostgreSQL then knows the unnamed one, or
     *     says that there is none of this name
     */
    private @Nullable PreparedStatement prepare(
            ServerConnection server, MessageFramer framer, ByteBuf in, int nameStart, int name) {
        boundEndsTransaction = name == 0 && unnamed != null && unnamed.endsTransaction();
        if (!session.rewritesStatements()) {
            return null;
        }
        if (name == 0) {
            restoreUnnamed(server, framer);
            return null;
        }
        PreparedStatement statement = statements.find(in, nameStart, name);
        if (statement != null) {
            boundEndsTransaction = statement.endsTransaction();
            if (!server.statements().use(statement)) {
                framer.emitRun();
                ensurePrepared(server, statement);
            }
        }
        return statement;
    }

    private void ensurePrepared(ServerConnection server, PreparedStatement statement) {
        if (server.statements().use(statement)) {
            return;
        }
        makeRoom(server);
        sendParse(server, statement.serverName(), statement.definition());
        server.statements().add(statement);
        session.counters().serverParses++;
        server.expectations()
                .add(
                        Expectations.PARSE,
                        Expectations.SWALLOW,
                        () -> server.statements().remove(statement));
    }

    private void restoreUnnamed(ServerConnection server, MessageFramer framer) {
        byte[] definition = unnamed == null ? null : unnamed.definition();
        if (definition == null || server.statements().unnamed() == unnamed) {
            return;
        }
        framer.emitRun();
        sendParse(server, NO_NAME, definition);
        session.counters().serverParses++;
        server.statements().setUnnamed(unnamed);
        server.expectations()
                .add(
                        Expectations.PARSE,
                        Expectations.SWALLOW,
                        () -> server.statements().setUnnamed(null));
    }

    /** Closes the server's least recently used statement if it has as many as it may have. */
    private void makeRoom(ServerConnection server) {
        PreparedStatement oldest = server.statements().findEvictable(session.preparedStatementsMax());
        if (oldest == null) {
            return;
        }
        byte[] name = oldest.serverName();
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + name.length + 2);
        out.writeByte(FrontendType.CLOSE).writeInt(4 + 2 + name.length);
        out.writeByte('S').writeBytes(name).writeByte(0);
        server.write(out);
        server.statements().remove(oldest);
        server.expectations()
                .add(
                        Expectations.CLOSE,
                        Expectations.SWALLOW,
                        () -> server.statements().add(oldest));
    }

    private static void sendParse(ServerConnection server, byte[] name, byte[] definition) {
        ByteBuf head = server.buffer(MessageFramer.HEADER_BYTES + name.length + 1);
        head.writeByte(FrontendType.PARSE).writeInt(4 + name.length + 1 + definition.length);
        head.writeBytes(name).writeByte(0);
        server.write(head);
        server.write(Unpooled.wrappedBuffer(definition));
    }

    private static int needWhole(int length) {
        if (length > NAME_BYTES_MAX) {
            throw nameTooLong();
        }
        return MessageSink.NEED_MORE;
    }

    /** Length of the string at {@code start}, or -1 if its end has not arrived. */
    private static int nameLength(ByteBuf in, int start, int length, int available) {
        int zero = available <= 0 ? -1 : in.indexOf(start, start + available, (byte) 0);
        if (zero >= 0) {
            return zero - start;
        }
        if (available >= length) {
            throw new ProtocolViolation("invalid string in message");
        }
        if (available > NAME_BYTES_MAX) {
            throw nameTooLong();
        }
        return -1;
    }

    private static ProtocolViolation nameTooLong() {
        return new ProtocolViolation(
                PgError.fatal(SqlState.PROGRAM_LIMIT_EXCEEDED, "name of a statement or portal is too long"));
    }

    private static byte[] bytes(ByteBuf in, int start, int length) {
        byte[] copy = new byte[length];
        in.getBytes(start, copy);
        return copy;
    }
}
