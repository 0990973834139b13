package dev.weir.proxy.client;

import dev.weir.proxy.notify.ChannelListener;
import dev.weir.proxy.notify.ListenHub;
import dev.weir.proxy.notify.ListenHubs;
import dev.weir.proxy.notify.LoopChannels;
import dev.weir.proxy.server.BackendKey;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.TransactionWatcher;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.state.Pin;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashSet;
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
    /** Of many channels the first are named. */
    private static final int PINS_MAX = 5;

    private static final PgError GAP = new PgError(
            PgError.Severity.WARNING,
            "01000",
            "the connection that listens was lost; notifications may have been missed",
            null,
            null,
            Map.of());

    private final ClientSession session;
    private final ListenHubs hubs;
    private final ClientSettings settings;
    private final NotificationQueue queue = new NotificationQueue();
    private final Set<String> asked = new HashSet<>();
    private final Set<String> joined = new HashSet<>();
    private final ChannelChanges changes = new ChannelChanges();
    private @Nullable ListenHub hub;
    /** A ReadyForQuery waits until all notifications have come. */
    private @Nullable Runnable resumption;

    private boolean caughtUp;
    /** Why the LISTEN at hand, in an open transaction, cannot be carried out. */
    private @Nullable PgError refusal;
    /** The server listens, too. */
    private @Nullable ServerConnection shownOn;
    /** Of the server through which it may have notified. */
    private @Nullable BackendKey notifier;

    ClientChannels(ClientSession session, ListenHubs hubs, ClientSettings settings) {
        this.session = session;
        this.settings = settings;
        this.hubs = hubs;
    }

    // ---- LISTEN and UNLISTEN ----

    /** Whether it is one of the commands that are carried out here. */
    static boolean isCommand(SqlStatement statement) {
        return statement instanceof SqlStatement.Listen
                || statement instanceof SqlStatement.Unlisten
                || statement instanceof SqlStatement.UnlistenAll;
    }

    /** Whether it is: not where nobody else can tell how the name is written, or the server listens for it already. */
    boolean isShared(SqlStatement command) {
        String encoding = settings.encoding();
        boolean readable = encoding.equals("UTF8") || encoding.equals("SQL_ASCII") || isAscii(command);
        return readable && MessageEncoding.isKnown(encoding) && !session.trace().isListening();
    }

    private static boolean isAscii(SqlStatement command) {
        String channel = switch (command) {
            case SqlStatement.Listen(String name) -> name;
            case SqlStatement.Unlisten(String name) -> name;
            default -> "";
        };
        return channel.chars().allMatch(c -> c < 0x80);
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
        loop().join(channel, this);
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
            } else {
                refusal = error.withSeverity(PgError.Severity.ERROR);
                session.resumeHeld();
            }
        }
    }

    /** Why the LISTEN at hand cannot be carried out: with this error the transaction fails. Null if it can. */
    @Nullable
    PgError refusal() {
        return refusal;
    }

    /** The client has been told. */
    void onRefused() {
        refusal = null;
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

    /** What its transactions change. */
    ChannelChanges changes() {
        return changes;
    }

    /** The transaction has ended, as well as its statements have. */
    void onTransactionEnd() {
        refusal = null;
        changes.onEnd();
        settle();
    }

    private void settle() {
        if (!changes.awaitServer()) {
            queue.settle(changes.listening());
            if (joined.size() > changes.listening().size()) {
                leaveUnused();
            }
        }
    }

    private void leaveUnused() {
        for (String channel : List.copyOf(joined)) {
            if (!changes.needs(channel)) {
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
        settle();
    }

    /** The client has gone. */
    void end() {
        changes.clear();
        abandonRequest();
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
        queue.settle(changes.listening());
    }

    /**
     * Before a text goes to a server: where it asks what is listened on, the server listens too for as long as that takes.
     *
     * @return false if the text has to wait until the server does
     */
    boolean show(int effects) {
        if ((effects & Effects.READS_CHANNELS) == 0 || changes.listening().isEmpty()) {
            return true;
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return false;
        }
        if (server.equals(shownOn) || !server.isAtRest()) {
            return true;
        }
        shownOn = server;
        session.trace().note(StatementTraits.of(Effects.LISTENS, MentionedSettings.NONE), server);
        session.link().keepForRequest();
        server.session().listen(changes.listening());
        return false;
    }

    @Override
    public boolean wantsNotification(String channel) {
        return !joined.contains(channel);
    }

    /**
     * PostgreSQL has told what its session is, after a transaction of which nobody else could tell what has become of it. What
     * the server listens on is ours from now on.
     *
     * @return the same, with a reason to keep the server if it listens on what was listened on behind our back
     */
    SessionFacts onProbed(SessionFacts facts, ServerConnection server) {
        Set<String> ours = changes.onServerListens(facts.channels(), joined);
        settle();
        shownOn = null;
        if (ours.size() == facts.channels().size()) {
            if (!ours.isEmpty()) {
                server.session().unlisten();
            }
            return facts;
        }
        List<Pin> pins = new ArrayList<>(facts.pins());
        facts.channels().stream()
                .filter(channel -> !ours.contains(channel))
                .limit(PINS_MAX)
                .forEach(channel -> pins.add(new Pin(Pin.Reason.LISTEN, channel)));
        return facts.with(pins);
    }

    // ---- the end of transactions ----

    /** Whether ends of transactions matter. */
    boolean isConcerned() {
        return !joined.isEmpty() || changes.arePending() || (session.trace().mayHaveNotified() && findHub() != null);
    }

    /** Whether it neither listens nor is about to, and nothing is to be delivered. */
    boolean isAtRest() {
        return joined.isEmpty() && asked.isEmpty() && resumption == null && !isConcerned();
    }

    /** Whether it listens, or is about to. */
    boolean isListening() {
        return !joined.isEmpty();
    }

    /** The pool's if anybody listens. */
    private @Nullable ListenHub findHub() {
        return hub != null ? hub : hubs.find(session.pool());
    }

    @Override
    public void onCommand(String tag) {
        switch (tag) {
            case "COMMIT" -> {
                changes.onCommitted();
                settle();
            }
            case "ROLLBACK" ->
                changes.onRolledBack(
                        !session.trace().hasSavepoints() || session.trace().hasRolledBack());
            default -> changes.onForwardedDone();
        }
    }

    @Override
    public void onError() {
        changes.onRolledBack(!session.trace().hasSavepoints());
    }

    /** Whoever listens or notifies hears of the end when all have heard what was notified until then. */
    @Override
    public boolean holdsReady(byte transactionStatus, Runnable resume) {
        ServerConnection server = session.server();
        ListenHub known = findHub();
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
        changes.onForwardedEnd();
        switch (transactionStatus) {
            case TransactionStatus.IDLE -> {
                onTransactionEnd();
                write(false);
            }
            case TransactionStatus.IN_TRANSACTION -> changes.onGoingOn();
            default -> {}
        }
    }

    // ---- notifications ----

    /** The server gets a text that notifies. */
    void onNotifier(ServerConnection server) {
        ListenHub known = findHub();
        if (known != null) {
            notifier = server.backendKey();
            known.onNotifier(notifier.pid(), session.cancelKey().pid());
        }
    }

    /** There is no server any more, or it serves nothing. */
    void onUnlinked() {
        BackendKey last = notifier;
        ListenHub known = last == null ? null : findHub();
        notifier = null;
        shownOn = null;
        if (last != null && known != null) {
            known.onNotifierGone(last.pid());
        }
        interject();
    }

    @Override
    public void onNotification(String channel, byte[] message) {
        boolean sure = changes.listening().contains(channel);
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
        if (!queue.isEmpty() && !changes.arePending() && (server == null || server.isAtRest())) {
            write(true);
            session.output().flush();
        }
    }

    private void write(boolean onlyWhileWritable) {
        ClientOutput out = session.output();
        byte[] message = onlyWhileWritable && !out.isWritable() ? null : queue.poll();
        try {
            while (message != null) {
                byte[] told = MessageEncoding.encode(message, settings.encoding());
                out.write(out.buffer(told.length).writeBytes(told));
                message = onlyWhileWritable && !out.isWritable() ? null : queue.poll();
            }
        } catch (MessageEncoding.Untranslatable e) {
            queue.clear();
            session.closeWithError(e.error()); // as PostgreSQL does
        }
    }
}
