package dev.weir.proxy.client;

import dev.weir.proxy.relay.Described;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.ServerStatements.Preparation;
import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Sees to it that a server knows the statements that a client's messages name, by messages of our own in front of them whose
 * answers nobody sees. An error among those answers is the client's: it is what its own message would have led to.
 *
 * <p>Confined to the client's event loop.
 */
final class ServerPreparation {

    private static final byte[] NO_NAME = new byte[0];
    private static final byte[] PREPARE = "PREPARE ".getBytes(StandardCharsets.US_ASCII);

    /** A number that no statement has. */
    private static final String TAKEN = PreparedStatement.NAME_PREFIX + 0;

    private static final String RAISING = PreparedStatement.NAME_PREFIX + "refusal";

    private final ClientSession session;

    ServerPreparation(ClientSession session) {
        this.session = session;
    }

    /** Prepares a statement where the server does not know it yet. Runs walked so far must have been emitted. */
    void ensure(ServerConnection server, PreparedStatement statement) {
        ensure(server, statement, List.of(), () -> {});
    }

    private void ensure(
            ServerConnection server, PreparedStatement statement, Collection<PreparedStatement> needed, Undo failed) {
        PreparedStatement executed = statement.executed();
        if (executed != null) {
            ensure(server, executed, needed, failed);
        }
        if (!server.statements().use(statement)) {
            send(server, statement, Expectations.SWALLOW, 0, needed, failed);
        }
    }

    /**
     * As {@link #ensure}, for several, as a batch of its own.
     *
     * @param fresh what the server must not know
     * @param failed runs if it comes to nothing
     */
    void ensureApart(
            ServerConnection server,
            Collection<PreparedStatement> needed,
            Collection<PreparedStatement> fresh,
            Undo failed) {
        fresh.forEach(statement -> forget(server, statement));
        needed.forEach(statement -> ensure(server, statement, needed, failed));
        ByteBuf out = server.buffer(8);
        Messages.sync(out);
        server.write(out);
        server.expectations().add(Expectations.SYNC, Expectations.SWALLOW);
    }

    /** Asks, in a batch of its own, what rows the statement gives. Runs walked so far must have been emitted. */
    void describeApart(ServerConnection server, PreparedStatement statement, Described asker) {
        ensure(server, statement);
        ByteBuf out = server.buffer(64);
        Messages.describe(out, 'S', new String(statement.serverName(), StandardCharsets.US_ASCII));
        Messages.sync(out);
        server.write(out);
        server.expectations().add(Expectations.DESCRIBE, Expectations.SWALLOW, asker);
        server.expectations().add(Expectations.SYNC, Expectations.SWALLOW);
    }

    /** Has PostgreSQL execute, within the batch, a statement that raises an error in place of the message at hand. */
    static void raise(ServerConnection server, String sql) {
        ByteBuf out = server.buffer(128 + sql.length());
        Messages.close(out, 'S', RAISING);
        Messages.parse(out, RAISING, sql);
        Messages.bind(out, "", RAISING, List.of());
        Messages.execute(out, "", 0);
        server.write(out);
        Expectations expectations = server.expectations();
        expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
        expectations.add(Expectations.PARSE, Expectations.SWALLOW);
        expectations.add(Expectations.BIND, Expectations.SWALLOW);
        expectations.add(Expectations.EXECUTE, Expectations.FORWARD);
    }

    /** Has PostgreSQL say that a name is in use, if nothing else is wrong with the text, though it knows no such statement. */
    static void raiseInUse(ServerConnection server, byte[] clientName, int indent, byte[] definition) {
        byte[] name = TAKEN.getBytes(StandardCharsets.US_ASCII);
        ByteBuf out = server.buffer(64);
        Messages.close(out, 'S', TAKEN);
        server.write(out);
        sendParse(server, name, indent, definition);
        sendParse(server, name, indent, definition);
        Expectations expectations = server.expectations();
        expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
        expectations.add(Expectations.PARSE, Expectations.SWALLOW);
        expectations.add(
                Expectations.PARSE,
                Expectations.FORWARD,
                () -> server.statements().nameInUse(TAKEN, clientName));
    }

    /** Whether the server knows the statement and the one that it executes. */
    static boolean isKnown(ServerConnection server, PreparedStatement statement) {
        PreparedStatement executed = statement.executed();
        return server.statements().use(statement)
                && (executed == null || server.statements().use(executed));
    }

    /**
     * Prepares a statement that the server does not know, or is not sure to know, for a client that has asked for just that.
     *
     * @param indent how many characters of the client's text in front of the statement are left out: blanks take their
     *     place, so that an error is told to be where the client has it
     * @param undo runs if it fails, behind what is put right here
     */
    void send(ServerConnection server, PreparedStatement statement, int indent, Undo undo) {
        send(server, statement, Expectations.FORWARD, indent, List.of(), undo);
    }

    private void send(
            ServerConnection server,
            PreparedStatement statement,
            byte action,
            int indent,
            Collection<PreparedStatement> needed,
            Undo undo) {
        server.statements()
                .findEvictable(session.preparedStatementsMax(), needed)
                .forEach(oldest -> forget(server, oldest));
        forget(server, statement);
        Preparation preparation = server.statements().add(statement);
        if (session.repeat().isBegun()) {
            server.statements().isBehindOthers(preparation, session.repeat().batch());
        }
        session.counters().serverParses++;
        Undo failed = () -> {
            server.statements().onFailed(statement, preparation);
            undo.undo();
        };
        switch (statement.origin()) {
            case PARSE -> {
                sendParse(server, statement.serverName(), indent, statement.definition());
                server.expectations().add(Expectations.PARSE, action, failed);
            }
            case SQL -> sendPrepare(server, statement, failed);
        }
    }

    /** The SQL command in the extended protocol: a simple query would end the batch that it lies in. */
    private void sendPrepare(ServerConnection server, PreparedStatement statement, Undo failed) {
        byte[] definition = statement.definition();
        byte[] name = statement.serverName();
        ByteBuf out = server.buffer(64 + definition.length);
        out.writeByte(FrontendType.PARSE).writeInt(4 + 1 + PREPARE.length + name.length + definition.length + 1 + 2);
        out.writeByte(0).writeBytes(PREPARE).writeBytes(name).writeBytes(definition);
        out.writeByte(0).writeShort(0);
        Messages.bind(out, "", "", List.of());
        Messages.execute(out, "", 0);
        server.write(out);
        server.statements().loseUnnamed();
        server.expectations().add(Expectations.PARSE, Expectations.SWALLOW);
        server.expectations().add(Expectations.BIND, Expectations.SWALLOW);
        server.expectations().add(Expectations.EXECUTE, Expectations.SWALLOW, failed);
    }

    /** Closes a statement if the server has it. */
    static void forget(ServerConnection server, PreparedStatement statement) {
        if (server.statements().contains(statement)) {
            Preparation removed = server.statements().remove(statement);
            PreparedStatement known = removed == null ? statement : removed.statement();
            sendClose(server, known, () -> server.statements().restore(known, removed));
        }
    }

    /** Puts the client's unnamed statement where the server has another one. */
    void restore(ServerConnection server, UnnamedStatement unnamed, byte[] definition) {
        PreparedStatement executed = unnamed.executed();
        if (executed != null) {
            ensure(server, executed);
        }
        sendParse(server, NO_NAME, 0, definition);
        session.counters().serverParses++;
        server.statements().setUnnamed(unnamed);
        server.expectations()
                .add(
                        Expectations.PARSE,
                        Expectations.SWALLOW,
                        () -> server.statements().loseUnnamed());
    }

    /** Closes the unnamed statement of somebody else: a client that has none hears from PostgreSQL that there is none. */
    void forgetUnnamed(ServerConnection server) {
        UnnamedStatement before = server.statements().unnamed();
        ByteBuf out = server.buffer(8);
        Messages.close(out, 'S', "");
        server.write(out);
        server.statements().setUnnamed(null);
        server.expectations()
                .add(
                        Expectations.CLOSE,
                        Expectations.SWALLOW,
                        () -> server.statements().setUnnamed(before));
    }

    private static void sendClose(ServerConnection server, PreparedStatement statement, Undo undo) {
        byte[] name = statement.serverName();
        ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + name.length + 2);
        out.writeByte(FrontendType.CLOSE).writeInt(4 + 2 + name.length);
        out.writeByte('S').writeBytes(name).writeByte(0);
        server.write(out);
        server.expectations().add(Expectations.CLOSE, Expectations.SWALLOW, undo);
    }

    /** Writes a Parse, with so many blanks in front of the text. */
    static void sendParse(ServerConnection server, byte[] name, int indent, byte[] definition) {
        ByteBuf head = server.buffer(MessageFramer.HEADER_BYTES + name.length + 1 + indent);
        head.writeByte(FrontendType.PARSE).writeInt(4 + name.length + 1 + indent + definition.length);
        head.writeBytes(name).writeByte(0);
        for (int i = 0; i < indent; i++) {
            head.writeByte(' ');
        }
        server.write(head);
        server.write(Unpooled.wrappedBuffer(definition));
    }
}
