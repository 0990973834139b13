package dev.weir.proxy.server;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The statements that Weir itself runs on one server connection, one at a time: their answers reach nobody else. Confined to
 * the connection's event loop.
 */
final class OwnStatements {

    /** What a statement is for. */
    enum Purpose {
        /** Settings of the user that is being linked. */
        SETTINGS,
        /** What lives in the session: its rows are read. */
        PROBE,
        /** LISTEN or UNLISTEN, for what has been followed elsewhere. */
        LISTEN,
        /** Which functions change the session: its rows are read. */
        SURVEY,
        /** {@code connect_query}. */
        CONNECT_QUERY,
        /** {@code server_check_query}. */
        CHECK,
        /** {@code server_reset_query}. */
        RESET,
        /** Keeps PostgreSQL from ending a session, or a statement of ours, by a timeout that a client has wished for. */
        PATIENCE,
        /** Clears whatever a user may have left in the session. */
        CLEAN,
        /** The end of a transaction whose client has gone. */
        ROLLBACK
    }

    private final ServerConnection server;
    private final Expectations expectations;
    private @Nullable Purpose running;
    private @Nullable PgError error;
    private boolean describedRows;

    OwnStatements(ServerConnection server) {
        this.server = server;
        this.expectations = server.expectations();
    }

    /** Writes a statement; the caller flushes. */
    void send(Purpose purpose, String sql) {
        running = purpose;
        error = null;
        describedRows = false;
        ByteBuf out = server.buffer(16 + sql.length());
        Messages.query(out, sql);
        expectations.add(Expectations.QUERY, Expectations.SWALLOW);
        server.statements().setUnnamed(null); // a simple query destroys it
        Channel channel = server.channel(); // no bytes of the user's
        channel.write(out, channel.voidPromise());
    }

    /** Whether what arrives now answers a statement of our own. */
    boolean isRunning() {
        return running != null;
    }

    /** Whether what arrives now answers a statement for this purpose. */
    boolean isRunning(Purpose purpose) {
        return running == purpose;
    }

    /** Whether the rows that arrive are to be read. */
    boolean readsRows() {
        return running == Purpose.PROBE || running == Purpose.SURVEY;
    }

    /** A statement of the text that has rows is about to be executed. */
    void onRowsDescribed() {
        describedRows = true;
    }

    /** Whether the text that ran last has come as far as to a statement that has rows. */
    boolean hasDescribedRows() {
        return describedRows;
    }

    void onError(PgError happened) {
        error = happened;
    }

    /** A ReadyForQuery that nobody else sees: behind a statement of ours, or a Sync that ended a vanished client's batch. */
    void onReady() {
        Purpose done = running;
        PgError happened = error;
        running = null;
        error = null;
        if (done != null) {
            onDone(done, happened);
        }
    }

    private void onDone(Purpose purpose, @Nullable PgError happened) {
        switch (purpose) {
            case SETTINGS -> server.settings().onAnswered(happened);
            case PROBE -> server.session().onProbed(happened);
            case LISTEN -> server.session().onListened(happened);
            case SURVEY -> server.release().onSurveyed(happened);
            case CONNECT_QUERY -> server.onConnectQueryDone(happened);
            case CHECK -> server.release().onChecked(happened);
            case RESET -> server.release().onReset(happened);
            case PATIENCE -> server.release().onPatient(happened);
            case CLEAN -> server.release().onCleaned(happened);
            case ROLLBACK -> server.release().settle();
        }
    }
}
