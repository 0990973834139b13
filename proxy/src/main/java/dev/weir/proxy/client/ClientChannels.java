package dev.weir.proxy.client;

import dev.weir.proxy.notify.ChannelListener;
import dev.weir.proxy.notify.ListenHub;
import dev.weir.proxy.notify.ListenHubs;
import dev.weir.proxy.notify.LoopChannels;
import dev.weir.proxy.server.BackendKey;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.TransactionWatcher;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channels that one client listens on, by PostgreSQL's rules: LISTEN and UNLISTEN count from the commit on, notifications
 * come between transactions only, and one's own come before the end of the transaction that made them is told.
 *
 * <p>A client joins a channel of the pool's {@link ListenHub} before its LISTEN is answered, and leaves it when that turns out
 * to be rolled back. Confined to the client's event loop.
 */
final class ClientChannels implements ChannelListener, TransactionWatcher {

    private static final int CHANNELS_MAX = 10_000;

    private static final PgError GAP = new PgError(
            PgError.Severity.WARNING,
            "01000",
            "the connection that listens was lost; notifications may have been missed",
            null,
            null,
            Map.of());

    private final ClientSession session;
    private final ListenHubs hubs;
    private final NotificationQueue queue = new NotificationQueue();
    private final Set<String> asked = new HashSet<>();
    private final Set<String> joined = new HashSet<>();
    /** In force. */
    private final Set<String> listening = new HashSet<>();
    /** What the open transaction will change when it is committed. */
    private final Map<String, Boolean> changes = new LinkedHashMap<>();
    /** Channels of commands whose turn has not come, and how often. */
    private final Map<String, Integer> promised = new HashMap<>();

    private boolean unlistensAll;
    private boolean failed;
    private @Nullable ListenHub hub;
    /** A ReadyForQuery waits until all notifications have come. */
    private @Nullable Runnable resumption;

    private boolean caughtUp;
    /** Of the server through which it may have notified. */
    private @Nullable BackendKey notifier;

    ClientChannels(ClientSession session, ListenHubs hubs) {
        this.session = session;
        this.hubs = hubs;
    }

    // ---- LISTEN and UNLISTEN ----

    /** Whether it is one of the commands that are carried out here. */
    static boolean isCommand(SqlStatement statement) {
        return statement instanceof SqlStatement.Listen
                || statement instanceof SqlStatement.Unlisten
                || statement instanceof SqlStatement.UnlistenAll;
    }

    static String tag(SqlStatement command) {
        return command instanceof SqlStatement.Listen ? "LISTEN" : "UNLISTEN";
    }

    /**
     * Whether the command can be carried out now. A LISTEN cannot before PostgreSQL has confirmed that it listens: then
     * {@link ClientSession#resumeHeld} follows, or {@link ClientSession#refuseHeld}.
     */
    boolean prepare(SqlStatement command) {
        if (!(command instanceof SqlStatement.Listen(String channel)) || joined.contains(channel)) {
            return true;
        }
        if (asked.contains(channel)) {
            return false;
        }
        if (joined.size() + asked.size() >= CHANNELS_MAX) {
            throw new ProtocolViolation(PgError.fatal(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "too many channels are listened on in this session"));
        }
        if (loop().join(channel, this)) {
            joined.add(channel);
            return true;
        }
        asked.add(channel);
        session.timers().onWait(System.nanoTime());
        return false;
    }

    private LoopChannels loop() {
        ListenHub known = hub;
        if (known == null) {
            known = hubs.hub(session.pool());
            hub = known;
        }
        return known.on(session.worker());
    }

    @Override
    public void onJoined(String channel, @Nullable PgError error) {
        if (!asked.remove(channel)) {
            return;
        }
        if (asked.isEmpty()) {
            session.timers().onWaitEnd();
        }
        if (error == null) {
            joined.add(channel);
            session.resumeHeld();
        } else {
            abandonRequest();
            if (session.server() == null) {
                session.refuseHeld(error.withSeverity(PgError.Severity.ERROR));
            } else { // a transaction that is open cannot go on without it
                session.closeWithError(error.withSeverity(PgError.Severity.FATAL));
            }
        }
    }

    /** The LISTEN that waits is not wanted any more; false if none does. */
    boolean abandonRequest() {
        boolean waited = !asked.isEmpty();
        List.copyOf(asked).forEach(channel -> loop().leave(channel, this));
        asked.clear();
        if (waited) {
            session.timers().onWaitEnd();
        }
        leaveUnused();
        return waited;
    }

    /** The command will be executed, or {@link #revoke}d, when its turn has come. */
    void promise(SqlStatement command) {
        if (command instanceof SqlStatement.Listen(String channel)) {
            promised.merge(channel, 1, Integer::sum);
        }
    }

    /** A promised command is not executed, or is now. */
    void revoke(SqlStatement command) {
        if (command instanceof SqlStatement.Listen(String channel)) {
            promised.computeIfPresent(channel, (key, times) -> times == 1 ? null : times - 1);
        }
    }

    /** The command is executed: it counts from the commit on. */
    void execute(SqlStatement command) {
        switch (command) {
            case SqlStatement.Listen(String channel) -> changes.put(channel, true);
            case SqlStatement.Unlisten(String channel) -> {
                if (listening.contains(channel) || changes.containsKey(channel)) {
                    changes.put(channel, false);
                }
            }
            default -> {
                unlistensAll = true;
                changes.clear();
            }
        }
    }

    /** The transaction has ended, with a server or without one. */
    void onTransactionEnd(boolean committed) {
        if (committed) {
            if (unlistensAll) {
                listening.clear();
            }
            changes.forEach((channel, listen) -> {
                if (listen) {
                    listening.add(channel);
                } else {
                    listening.remove(channel);
                }
            });
        }
        changes.clear();
        unlistensAll = false;
        failed = false;
        queue.dropUnsure(listening);
        if (joined.size() > listening.size()) {
            leaveUnused();
        }
    }

    private void leaveUnused() {
        for (String channel : List.copyOf(joined)) {
            if (!listening.contains(channel) && !promised.containsKey(channel)) {
                joined.remove(channel);
                loop().leave(channel, this);
            }
        }
        if (joined.isEmpty() && asked.isEmpty()) {
            hub = null; // another one may be the pool's when it is needed again
        }
    }

    /** DISCARD ALL. */
    void discard() {
        changes.clear();
        unlistensAll = true;
        onTransactionEnd(true);
    }

    /** The client has gone. */
    void end() {
        promised.clear();
        abandonRequest();
        discard();
        queue.clear();
        onUnlinked();
        Runnable resume = resumption;
        resumption = null;
        if (resume != null) {
            resume.run();
        }
    }

    /** A new query begins: what came before it cannot belong to a LISTEN that is committed by it. */
    void onQueryBegin() {
        queue.dropUnsure(listening);
    }

    // ---- the end of transactions ----

    /** Whether ends of transactions matter. */
    boolean isConcerned() {
        return !joined.isEmpty() || unlistensAll || session.trace().mayHaveNotified();
    }

    @Override
    public void onOutcome(boolean committed) {
        if (committed) {
            onTransactionEnd(true);
        } else {
            failed = true;
        }
    }

    /** Whoever listens or notifies hears of the end when all have heard what was notified until then. */
    @Override
    public boolean holdsReady(byte transactionStatus, Runnable resume) {
        ServerConnection server = session.server();
        ListenHub known = hubs.find(session.pool());
        if (caughtUp || transactionStatus != TransactionStatus.IDLE || server == null || known == null) {
            caughtUp = false;
            return false;
        }
        if (resumption == null) {
            server.readAnswers(false);
            resumption = resume;
            known.on(session.worker()).whenCaughtUp(() -> onCaughtUp(resume));
        }
        return true;
    }

    private void onCaughtUp(Runnable resume) {
        ServerConnection server = session.server();
        if (server != null && resume.equals(resumption)) {
            resumption = null;
            caughtUp = true;
            server.readAnswers(session.output().isWritable());
            resume.run();
        }
    }

    @Override
    public void beforeReady(byte transactionStatus) {
        switch (transactionStatus) {
            case TransactionStatus.IDLE -> {
                onTransactionEnd(!failed);
                write(false);
            }
            case TransactionStatus.IN_TRANSACTION -> failed = false; // it was a ROLLBACK TO
            default -> {}
        }
    }

    // ---- notifications ----

    /** The server gets a text that notifies. */
    void onNotifier(ServerConnection server) {
        ListenHub known = hubs.find(session.pool());
        if (known != null) {
            notifier = server.backendKey();
            known.onNotifier(notifier.pid(), session.cancelKey().pid());
        }
    }

    /** There is no server any more, or it serves nothing. */
    void onUnlinked() {
        BackendKey last = notifier;
        ListenHub known = last == null ? null : hubs.find(session.pool());
        notifier = null;
        if (last != null && known != null) {
            known.onNotifierGone(last.pid());
        }
        interject();
    }

    @Override
    public void onNotification(String channel, byte[] message) {
        boolean sure = listening.contains(channel);
        if (sure || joined.contains(channel)) {
            tell(message, sure ? null : channel);
        }
    }

    @Override
    public void onGap() {
        ByteBuf out = session.output().buffer(128);
        try {
            GAP.write(out);
            byte[] message = new byte[out.readableBytes()];
            out.readBytes(message);
            tell(message, null);
        } finally {
            out.release();
        }
    }

    private void tell(byte[] message, @Nullable String unsure) {
        if (!queue.add(message, unsure)) {
            session.closeWithError(PgError.fatal(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "too many notifications wait for the end of the transaction, or for the client to read them"));
            return;
        }
        interject();
    }

    /** Tells what waits, if this is a moment between two transactions. */
    void interject() {
        ServerConnection server = session.server();
        if (!queue.isEmpty() && !isConcernedByTransaction() && (server == null || server.isAtRest())) {
            write(true);
            session.output().flush();
        }
    }

    /** A transaction without a server that has done nothing but LISTEN yet. */
    private boolean isConcernedByTransaction() {
        return !changes.isEmpty();
    }

    private void write(boolean onlyWhileWritable) {
        ClientOutput out = session.output();
        while (!queue.isEmpty() && !(onlyWhileWritable && !out.isWritable())) {
            byte[] message = queue.poll();
            if (message != null) {
                out.write(out.buffer(message.length).writeBytes(message));
            }
        }
    }
}
