package dev.weir.proxy.client;

import dev.weir.config.PoolMode;
import dev.weir.proxy.pool.Waiter;
import dev.weir.proxy.server.RefusedBatches;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.SettingsRefusal;
import dev.weir.proxy.server.TransactionWatcher;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One client's relation to the servers of its pool: when it needs one, when it waits, what comes back from it, and the moment
 * to let it go. {@link ClientState} draws the states.
 *
 * <p>Confined to the client's event loop, on which its server lives too.
 */
public final class ClientLink implements Waiter.Session {

    /** A client that has sent so many messages must first read some answers. */
    private static final int OUTSTANDING_MAX = 1 << 16;

    private final ClientSession session;
    private final ClientPlace place;
    private final Waiter waiter = new Waiter(this);
    private final ClientSettings settings;
    private final SessionTrace trace;
    private final Inquiry inquiry;
    private final RefusedSettings refused;
    private final ClientOutput out;
    private final ClientClock clock;
    private ClientState state = ClientState.IDLE;
    private @Nullable ServerConnection server;
    private boolean transactionBlockSeen;
    /** The client has sent so much ahead that it must wait for answers. */
    private boolean stoppedForAnswers;
    /** What was stopped needs this very server. */
    private boolean keptForRequest;
    /** All is answered, but the server has got only a part of a CopyData that came too late. */
    private boolean idleAfterMessage;

    ClientLink(
            ClientSession session,
            ClientPlace place,
            ClientSettings settings,
            SessionTrace trace,
            ClientOutput out,
            ClientClock clock) {
        this.session = session;
        this.trace = trace;
        this.inquiry = new Inquiry(session, trace, settings);
        this.place = place;
        this.settings = settings;
        this.refused = new RefusedSettings(session, settings, waiter);
        this.out = out;
        this.clock = clock;
    }

    // ---- asking for a server ----

    /**
     * The server for a message that needs one. A message that begins something new starts the clocks.
     *
     * @return null when the message has to wait; {@link ClientInbound#resume} is called when it need not any more
     */
    @Nullable
    ServerConnection request() {
        ServerConnection linked = server;
        if (linked == null) {
            if (state == ClientState.WAITING) {
                return null;
            }
            long nowNanos = System.nanoTime();
            begin(nowNanos);
            linked = place.shard().checkout(waiter, nowNanos);
            if (linked == null) {
                state = state.to(ClientState.WAITING);
                session.timers().onWait(nowNanos);
                return null;
            }
            link(linked, nowNanos);
        } else if (!linked.isReady()) {
            stoppedForAnswers = true; // behind a statement of our own
            return null;
        } else if (session.channels().isListening() && waitForAnswers()) {
            return null; // whose notifications are whose can be told only while one transaction runs
        } else if (!clock.isQueryRunning()) {
            begin(System.nanoTime());
        }
        if (linked.expectations().size() >= OUTSTANDING_MAX) {
            stoppedForAnswers = true;
            return null;
        }
        return linked.isReady() ? linked : null;
    }

    private void begin(long nowNanos) {
        boolean newTransaction = !clock.isTransactionOpen();
        clock.onQueryStart(nowNanos);
        session.channels().onQueryBegin();
        session.timers().onQuery(nowNanos, newTransaction);
    }

    /** Sends a run of messages to the server; owns it. */
    void toServer(ByteBuf run) {
        ServerConnection linked = server;
        if (linked == null) {
            run.release();
            return;
        }
        linked.write(run);
        if (idleAfterMessage && !session.inbound().isMidMessage()) {
            idleAfterMessage = false;
            if (linked.expectations().isEmpty()) {
                onServerIdle();
            }
        }
    }

    /** Whether the message at hand waits for answers that need no further message; {@link ClientInbound#resume} follows. */
    boolean waitForAnswers() {
        ServerConnection linked = server;
        boolean waits = linked != null && linked.expectations().areSomeAnsweredAlone();
        stoppedForAnswers |= waits;
        return waits;
    }

    /** The message at hand needs this very server, as soon as it has answered what was sent for its sake. */
    void keepForRequest() {
        stoppedForAnswers = true;
        keptForRequest = true;
    }

    /** What was stopped may go on when the answers that have arrived are handed over. */
    void resumeBehindAnswers() {
        stoppedForAnswers = true;
    }

    /** Nothing has been sent after all: lets a server go that has nothing to do. */
    void settle() {
        session.worker().run(() -> {
            if (server != null && server.isAtRest()) {
                onServerIdle();
            }
        });
    }

    /** A move to another event loop begins or ends. */
    void become(ClientState next) {
        state = state.to(next);
    }

    /** The request that waits in line is not wanted any more; the client may ask for something else. */
    void abandonRequest() {
        place.shard().leaveQueue(waiter);
        session.timers().onWaitEnd();
        state = state.to(ClientState.IDLE);
        clock.onAbandoned();
        session.timers().onIdle(System.nanoTime());
    }

    @Override
    public void onServerAssigned(ServerConnection assigned) {
        session.timers().onWaitEnd();
        link(assigned, System.nanoTime());
        if (assigned.isReady()) {
            goOn(assigned);
        }
    }

    private void link(ServerConnection assigned, long nowNanos) {
        become(ClientState.LINKED);
        server = assigned;
        clock.onAssigned(nowNanos);
        boolean forOneClient = session.profile().mode() == PoolMode.SESSION;
        if (forOneClient || assigned.owner().rules().resetAlways()) {
            assigned.release().requireReset();
        }
        trace.onLinked(assigned, session.followsState() && settings.createTemporary());
        assigned.link(this, nowNanos);
    }

    /** Sends what was held and lets the client be read again. */
    private void goOn(ServerConnection linked) {
        session.resume();
        if (server == linked) {
            linked.flush();
            session.chooseReading();
        }
    }

    @Override
    public void onCheckoutRefused(PgError error) {
        session.closeWithError(error.withSeverity(PgError.Severity.FATAL));
    }

    @Override
    public SessionSettings settings() {
        return settings.current();
    }

    @Override
    public boolean wouldLike(ServerConnection candidate) {
        return trace.sequences().areOn(candidate);
    }

    @Override
    public boolean settingsProven() {
        return settings.isProven();
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        ServerConnection linked = server;
        if (changed) {
            settings.onAccepted(reported, linked);
        }
        if (!settings.isTold(reported)) {
            onAnswer(settings.tell(reported, out.buffer(64)));
        }
        if (changed && linked != null) {
            goOn(linked);
            session.onSettingsApplied();
        }
    }

    @Override
    public void onSessionProbed(SessionFacts facts) {
        ServerConnection linked = server;
        if (linked != null) {
            stoppedForAnswers = true; // what came meanwhile
            inquiry.onProbed(facts, linked);
        }
    }

    @Override
    public void onSettingsRefused(SettingsRefusal refusal) {
        clock.onAbandoned();
        session.onSettingsApplied(); // no cancel request waits for that any more
        letGo(refused.answer(refusal), System.nanoTime());
    }

    @Override
    public boolean settingsHopeless() {
        return settings.areHopeless();
    }

    @Override
    public boolean settingsPrivileged() {
        return settings.arePrivileged();
    }

    RefusedSettings refused() {
        return refused;
    }

    // ---- what comes back ----

    @Override
    public void onAnswer(ByteBuf run) {
        out.write(run);
        if (!out.isWritable() && server != null) {
            server.readAnswers(false);
        }
    }

    @Override
    public void onAnswersEnd() {
        out.flush();
        if (transactionBlockSeen) {
            session.closeWithError(session.errors().transactionBlock());
            return;
        }
        ServerConnection linked = server;
        if (linked != null && linked.expectations().isEmpty()) {
            onAllAnswered(linked, System.nanoTime());
        }
        if (stoppedForAnswers && linked != null) {
            stoppedForAnswers = false;
            goOn(linked);
        }
    }

    private void onAllAnswered(ServerConnection linked, long nowNanos) {
        if (clock.isQueryRunning()) {
            boolean open = linked.transactionStatus() != TransactionStatus.IDLE
                    || linked.expectations().needsSync();
            clock.onQueryEnd(nowNanos, !open);
            place.queries().onAnswered(session, linked);
            session.timers().onQueryEnd(nowNanos, open);
            session.onAllAnswered();
        }
    }

    @Override
    public boolean isWritable() {
        return out.isWritable();
    }

    @Override
    public void onParameterStatus(String name, String value, ReportedParameters reported) {
        settings.onParameterStatus(name, value, reported);
    }

    @Override
    public boolean wantsNotifications() {
        return session.profile().mode() == PoolMode.SESSION || trace.mayListen();
    }

    @Override
    public @Nullable TransactionWatcher watcher() {
        return session.channels().isConcerned() ? session.channels() : null;
    }

    @Override
    public RefusedBatches refusedBatches() {
        return session.repeat();
    }

    @Override
    public void onSessionDiscarded(String tag) {
        inquiry.onDiscarded(tag);
    }

    @Override
    public void onReadyForQuery(byte transactionStatus) {
        settings.onReadyForQuery(transactionStatus, trace.hasSetLocally());
        if (session.profile().mode() == PoolMode.STATEMENT && transactionStatus != TransactionStatus.IDLE) {
            transactionBlockSeen = true;
        }
    }

    // ---- letting go ----

    @Override
    public void onServerIdle() {
        ServerConnection linked = server;
        if (linked == null) {
            return;
        }
        long nowNanos = System.nanoTime();
        onAllAnswered(linked, nowNanos);
        linked.statements().onAllAnswered();
        out.flush();
        if (transactionBlockSeen) {
            session.closeWithError(session.errors().transactionBlock());
            return;
        }
        if (session.inbound().isMidMessage()) {
            idleAfterMessage = true;
            return;
        }
        if (keptForRequest || session.repeat().isDue()) {
            keptForRequest = false;
            stoppedForAnswers = false;
            goOn(linked);
            if (server != linked || !linked.isAtRest()) {
                return;
            }
        }
        switch (inquiry.begin(linked)) {
            case FREE -> letGo(() -> linked.unlink(nowNanos), nowNanos);
            case KEPT -> stayLinked(linked);
            case ASKED -> {}
        }
    }

    private void letGo(Runnable unlink, long nowNanos) {
        server = null;
        become(ClientState.IDLE);
        trace.clear();
        settings.onUnlinked();
        session.onUnlinked(nowNanos);
        unlink.run();
        stoppedForAnswers = false;
        session.resumeHeld();
        session.chooseReading();
    }

    @Override
    public boolean needsNothing() {
        return clock.isIdle() && !keptForRequest && !session.repeat().isWithholding() && inquiry.isAllThereIs();
    }

    private void stayLinked(ServerConnection linked) {
        session.channels().interject();
        if (stoppedForAnswers || session.inbound().heldBytes() > 0) {
            stoppedForAnswers = false;
            goOn(linked);
        }
    }

    @Override
    public void onServerWritable() {
        session.chooseReading();
    }

    @Override
    public void onServerLost(String reason, boolean alreadyTold) {
        boolean dispensable = needsNothing();
        server = null;
        if (dispensable) {
            letGo(() -> {}, System.nanoTime());
        } else if (alreadyTold) {
            session.closeGently(reason);
        } else {
            session.closeWithError(session.errors().serverLost(reason));
        }
    }

    /**
     * The client is gone: gives up the place in line and the server.
     *
     * @param midMessage whether the server has got only a part of the last message
     * @param letFinish whether what runs must be let come to its end
     */
    void end(boolean midMessage, boolean letFinish) {
        ServerConnection linked = server;
        place.queries().onEnd(session, linked);
        server = null;
        place.shard().leaveQueue(waiter);
        become(ClientState.CLOSED);
        trace.clear();
        if (linked != null) {
            linked.flush();
            String reason = linked.expectations().isEmpty()
                    ? "client disconnect while server was not ready"
                    : "client disconnected with queries in progress";
            linked.abandon(reason, midMessage, letFinish);
        }
    }

    public ClientSession session() {
        return session;
    }

    ClientState state() {
        return state;
    }

    @Nullable
    ServerConnection server() {
        return server;
    }
}
