package dev.weir.proxy.notify;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerOwner;
import dev.weir.proxy.server.ServerRules;
import dev.weir.proxy.server.ServerState;
import dev.weir.proxy.server.ServerUser;
import dev.weir.proxy.server.SettingsRefusal;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one server connection of a pool that listens: owner and user of it at once, for it serves nobody else and never goes
 * back to the pool. Runs one text at a time. Confined to its event loop.
 */
final class ListenConnection implements ServerOwner, ServerUser, MessageSink {

    /** A notification is far shorter: its payload has less than 8000 bytes. */
    private static final int MESSAGE_BYTES_MAX = 1 << 16;

    private static final byte[] ASK_ALL = askAll();

    /** By which it is known in {@code pg_stat_activity}. */
    private static final String APPLICATION_NAME = "weir LISTEN";

    /** Before PostgreSQL 14 there is no such setting. */
    private static final String STAY = "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
            + " WHERE name OPERATOR(pg_catalog.=) 'idle_session_timeout'";

    /** Who listens by it. Called on its event loop. */
    interface Events {

        /** It can run the first text. */
        void onReady();

        /** The text has been run, or refused as a whole. */
        void onAnswered(@Nullable PgError error);

        /** The body of a NotificationResponse, borrowed. */
        void onNotification(ByteBuf in, int bodyStart, int bodyLength);

        /** It is gone, or could not be opened. */
        void onClosed(@Nullable PgError loginError, String reason);
    }

    private final Pool pool;
    private final Worker worker;
    private final Events events;
    private final PoolCounters counters = new PoolCounters();
    private final MessageFramer framer = new MessageFramer(this, ByteBufAllocator.DEFAULT, ASK_ALL);
    private @Nullable ServerConnection server;
    private @Nullable PgError error;
    private boolean ready;

    ListenConnection(Pool pool, Worker worker, Events events) {
        this.pool = pool;
        this.worker = worker;
        this.events = events;
    }

    private static byte[] askAll() {
        byte[] table = new byte[256];
        Arrays.fill(table, MessageFramer.ASK);
        return table;
    }

    /** Begins to open it; false if no host may be tried now. */
    boolean open() {
        // names and payloads are compared and handed on in one encoding, whatever the database's own
        return pool.openApart(this, Map.of("client_encoding", "UTF8", "application_name", APPLICATION_NAME));
    }

    boolean isReady() {
        return ready;
    }

    /** Whether the pool would open it now, to the same host with the same credentials. */
    boolean isCurrent() {
        ServerConnection open = server;
        return open == null || !(pool.isPaused() || pool.hasLeftBehind(open));
    }

    /** Runs a text, which may be empty; the one before must have been answered. */
    void run(String sql) {
        ServerConnection open = server;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        error = null;
        ByteBuf out = open.buffer(16 + sql.length());
        Messages.query(out, sql);
        open.expectations().add(Expectations.QUERY, Expectations.FORWARD);
        open.write(out);
        open.flush();
    }

    void close(String reason) {
        ServerConnection open = server;
        if (open != null) {
            open.close(reason);
        }
    }

    // ---- owner ----

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public ServerRules rules() {
        return pool.rules().server();
    }

    @Override
    public PoolCounters counters() {
        return counters;
    }

    @Override
    public void onStateChanged(ServerConnection changed, ServerState before) {
        server = changed;
    }

    @Override
    public void onServerLoggedIn(ServerConnection opened) {
        pool.onHostWorks(opened.target().address());
    }

    @Override
    public void onServerFree(ServerConnection opened) {
        server = opened;
        opened.link(this);
    }

    @Override
    public @Nullable FunctionSurvey surveyDue() {
        return null;
    }

    @Override
    public @Nullable String closeReason(ServerConnection opened) {
        return null;
    }

    @Override
    public void onServerClosed(
            ServerConnection closed, @Nullable PgError loginError, boolean failedToOpen, String reason) {
        ready = false;
        server = null;
        pool.onApartClosed();
        worker.loop().execute(framer::release); // a walk may be under way
        if (failedToOpen) {
            pool.onHostFailed(closed.target().address(), loginError == null ? reason : loginError.message());
        }
        events.onClosed(loginError, reason);
    }

    // ---- user ----

    @Override
    public SessionSettings settings() {
        return SessionSettings.NONE;
    }

    @Override
    public boolean settingsProven() {
        return false;
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        worker.loop().execute(() -> {
            if (server != null) {
                run(STAY);
            }
        });
    }

    @Override
    public void onSettingsRefused(SettingsRefusal refusal) {
        close("settings could not be applied: " + refusal.error().message());
    }

    @Override
    public void onAnswer(ByteBuf run) {
        framer.read(run);
    }

    @Override
    public boolean wantsNotifications() {
        return true;
    }

    @Override
    public void onServerIdle() {
        // it is never let go
    }

    @Override
    public void onServerLost(String reason, boolean told) {
        // the owner has heard already
    }

    // ---- messages ----

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        boolean read = type == BackendType.NOTIFICATION_RESPONSE
                || type == BackendType.ERROR_RESPONSE
                || type == BackendType.READY_FOR_QUERY;
        if (!read || bodyLength > MESSAGE_BYTES_MAX) {
            return DISCARD;
        }
        if (available < bodyLength) {
            return NEED_MORE;
        }
        switch (type) {
            case BackendType.NOTIFICATION_RESPONSE -> events.onNotification(in, bodyStart, bodyLength);
            case BackendType.ERROR_RESPONSE -> error = PgError.read(in, bodyStart, bodyLength);
            default -> {
                PgError happened = error;
                error = null;
                onAnswered(happened);
            }
        }
        return DISCARD;
    }

    private void onAnswered(@Nullable PgError happened) {
        if (ready) {
            events.onAnswered(happened);
        } else {
            ready = true;
            events.onReady();
        }
    }

    @Override
    public void onRun(ByteBuf run) {
        run.release(); // every message is discarded once it was understood
    }
}
