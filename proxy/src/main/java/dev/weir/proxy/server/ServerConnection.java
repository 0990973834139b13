package dev.weir.proxy.server;

import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.state.SettingsBatch;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.time.Deadline;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to PostgreSQL: its life from login to close, whom it serves, and how it comes clean in between. What
 * arrives on it is {@link ServerInbound}'s business. {@link ServerState} draws the states.
 *
 * <p>Confined to the event loop of its owner, which changes only while the connection is {@link ServerState#MOVING}.
 */
public final class ServerConnection {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerConnection.class);

    /** Statements of our own; one at a time is under way. */
    private enum OwnQuery {
        SETTINGS,
        CONNECT_QUERY,
        CHECK,
        RESET,
        ROLLBACK
    }

    private final long id;
    private final ServerTarget target;
    private final long createdNanos = System.nanoTime();
    private final long createdMillis = System.currentTimeMillis();
    private final Expectations expectations = new Expectations();
    private final ServerStatements statements;
    private final int epoch;
    private final CancelSender cancels;

    private ServerOwner owner;
    private @Nullable Channel channel;
    private @Nullable ServerInbound inbound;
    private @Nullable UnnamedStatement unnamedStatement;
    private ServerState state = ServerState.CONNECTING;
    private long stateSinceNanos = createdNanos;
    private @Nullable ServerUser user;
    private byte transactionStatus = TransactionStatus.IDLE;
    /** The last answer read was a ReadyForQuery. */
    private boolean atReady = true;

    private ReportedParameters reported = ReportedParameters.NONE;
    /** Settings applied on top of the server's own; null when that is not known. */
    private @Nullable SessionSettings applied = SessionSettings.NONE;

    private int backendPid;
    private byte[] backendSecret = new byte[0];
    private @Nullable OwnQuery ownQuery;
    private @Nullable PgError ownError;
    /** The user's messages wait until PostgreSQL has accepted its settings. */
    private boolean settingsAwaited;

    private boolean resetDue;
    private boolean needsCheck;
    private @Nullable String closeNeeded;
    private int cancelsInFlight;
    private @Nullable Deadline deadline;
    private long requestMillis;

    public ServerConnection(
            long id,
            ServerTarget target,
            ServerOwner owner,
            ServerStatements statements,
            int epoch,
            CancelSender cancels) {
        this.id = id;
        this.target = target;
        this.owner = owner;
        this.statements = statements;
        this.epoch = epoch;
        this.cancels = cancels;
    }

    // ---- opening ----

    /** An attempt begins: the clock of {@code server_connect_timeout} starts. */
    void onOpening() {
        startClock(owner.rules().connectTimeout(), () -> fail("connect timeout", null));
    }

    /** The channel exists and is about to connect. */
    void onChannel(Channel opened, ServerInbound reader) {
        channel = opened;
        inbound = reader;
    }

    /** PostgreSQL can be spoken to. */
    void onConnected() {
        become(ServerState.LOGGING_IN);
        LOGGER.info("{} new connection to server (from {})", this, channel().localAddress());
    }

    /** Takes over what the login brought. */
    void onLoggedIn(ReportedParameters atLogin, int pid, byte[] secret) {
        reported = atLogin;
        backendPid = pid;
        backendSecret = secret;
        if (target.connectQuery().isEmpty()) {
            onUsable();
        } else {
            become(ServerState.PREPARING);
            send(OwnQuery.CONNECT_QUERY, target.connectQuery());
            channel().flush();
        }
    }

    private void onUsable() {
        stopClock();
        owner.counters().connect.record(System.nanoTime() - createdNanos);
        owner.onServerLoggedIn(this);
        become(ServerState.IDLE);
        giveBack();
    }

    // ---- serving ----

    /** The unnamed statement that the server holds, as far as that is known; null for none. */
    public @Nullable UnnamedStatement unnamedStatement() {
        return unnamedStatement;
    }

    /** Notes which unnamed statement the server holds from now on. */
    public void holdsUnnamedStatement(@Nullable UnnamedStatement statement) {
        unnamedStatement = statement;
    }

    /** Gives the answers that need no server, if it is their turn. */
    public void inventAnswers() {
        if (inbound != null) {
            inbound.invent();
        }
    }

    /**
     * Begins to serve {@code next}. Settings that differ go out at once, to travel with the first query; if no server has
     * accepted them before, the query has to wait ({@link #isReadyForMessages()}).
     */
    public void link(ServerUser next) {
        become(ServerState.LINKED);
        user = next;
        requestMillis = System.currentTimeMillis();
        owner.counters().serverAssignments++;
        SessionSettings wanted = next.settings();
        String batch = wanted.equals(applied) ? null : SettingsBatch.between(applied, wanted);
        if (batch == null) {
            applied = wanted;
            next.onSettingsApplied(reported, false);
            return;
        }
        settingsAwaited = !next.settingsProven();
        send(OwnQuery.SETTINGS, batch);
        if (settingsAwaited) {
            channel().flush();
        }
    }

    /** Applies the user's settings once more, after its own statement has discarded them. Nothing may be outstanding. */
    public void reapplySettings() {
        ServerUser served = user;
        String batch = served == null ? null : SettingsBatch.between(applied, served.settings());
        if (batch != null) {
            send(OwnQuery.SETTINGS, batch);
            channel().flush();
        }
    }

    /** Whether the user's messages may be sent on now. */
    public boolean isReadyForMessages() {
        return !settingsAwaited;
    }

    /** Whether a statement of our own is under way, so that what arrives is not the user's. */
    boolean isRunningOwnQuery() {
        return ownQuery != null;
    }

    /** Whether bytes can be written without piling up. */
    public boolean isWritable() {
        return channel().isWritable();
    }

    /** Sends bytes of the user's; owns {@code run}. Nothing reaches the network before {@link #flush()}. */
    public void write(ByteBuf run) {
        channel().write(run, channel().voidPromise());
    }

    /** Pushes what was written to the network. */
    public void flush() {
        channel().flush();
    }

    /** An empty buffer for a message to write. */
    public ByteBuf buffer(int bytes) {
        return channel().alloc().buffer(bytes);
    }

    /** Whether the server is read; stopped while its user takes no more. */
    public void readAnswers(boolean read) {
        if (channel().config().isAutoRead() != read) {
            channel().config().setAutoRead(read);
        }
    }

    /** Ends the link at a moment when nothing is outstanding and no transaction is open. */
    public void unlink() {
        user = null;
        readAnswers(true);
        giveBack();
    }

    /**
     * Ends the link at any moment: the query is cancelled, what it still answers is read and dropped, the transaction is
     * rolled back; then the server is free again. If that cannot be done for certain it is closed.
     *
     * @param midMessage whether only a part of a message has been sent
     * @param letFinish whether what runs is a COMMIT that must come to its end
     */
    public void abandon(String reason, boolean midMessage, boolean letFinish) {
        user = null;
        readAnswers(true);
        if (midMessage || expectations.isAmbiguous()) {
            if (!expectations.isEmpty()) {
                cancels.send(this, () -> {});
            }
            close(reason);
            return;
        }
        if (expectations.isEmpty() && !expectations.needsSync() && transactionStatus == TransactionStatus.IDLE) {
            giveBack();
            return;
        }
        become(ServerState.DRAINING);
        settingsAwaited = false;
        startClock(owner.rules().cancelWaitTimeout(), () -> close(reason));
        if (!expectations.isEmpty() && !letFinish && !expectations.isCopyIn()) {
            sendCancel();
        }
        endCopyAndBatch();
        channel().flush();
        settle();
    }

    private void endCopyAndBatch() {
        ByteBuf out = buffer(64);
        if (expectations.isCopyIn()) {
            Messages.copyFail(out, "the client has gone");
            expectations.add(Expectations.COPY_END, Expectations.SWALLOW);
        }
        boolean copyOfBatch = expectations.isCopyIn() && expectations.headKind() == Expectations.EXECUTE;
        if (expectations.needsSync() || copyOfBatch) {
            Messages.sync(out);
            expectations.add(Expectations.SYNC, Expectations.SWALLOW);
        }
        write(out);
    }

    /** Everything that arrived together has been read: looks whether the server has come to rest. */
    void onAnswersEnd() {
        if (state == ServerState.LINKED) {
            ServerUser served = user;
            if (served != null) {
                if (isAtRest()) {
                    served.onServerIdle();
                } else {
                    served.onAnswersEnd();
                }
            }
        } else {
            settle();
        }
    }

    private boolean isAtRest() {
        return atReady
                && expectations.isEmpty()
                && !expectations.needsSync()
                && ownQuery == null
                && transactionStatus == TransactionStatus.IDLE;
    }

    /** A server that drains: rolls back as soon as everything owed has come. */
    private void settle() {
        if (state != ServerState.DRAINING || !expectations.isEmpty() || ownQuery != null) {
            return;
        }
        if (expectations.isAmbiguous()) {
            close("client disconnect while server was not ready");
        } else if (transactionStatus == TransactionStatus.IDLE) {
            stopClock();
            giveBack();
        } else {
            send(OwnQuery.ROLLBACK, "ROLLBACK");
            channel().flush();
        }
    }

    /** The server is clean of its last user but for the rules of the pool: cancels under way, reset, age. */
    private void giveBack() {
        String reason = closeNeeded != null ? closeNeeded : owner.closeReason(this);
        if (reason == null && expectations.isAmbiguous()) {
            reason = "client disconnect while server was not ready";
        }
        if (reason != null) {
            close(reason);
            return;
        }
        if (cancelsInFlight > 0) {
            if (state != ServerState.HELD) {
                become(ServerState.HELD);
            }
            return;
        }
        ServerRules rules = owner.rules();
        boolean served = state == ServerState.LINKED || state == ServerState.DRAINING || state == ServerState.HELD;
        if (served && resetDue && !rules.resetQuery().isEmpty()) {
            become(ServerState.RESETTING);
            startClock(rules.cancelWaitTimeout(), () -> close("reset query failed"));
            send(OwnQuery.RESET, rules.resetQuery());
            channel().flush();
            return;
        }
        resetDue = false;
        needsCheck = rules.check() && rules.checkDelay().isZero() && served;
        if (state != ServerState.IDLE) {
            become(ServerState.IDLE);
        }
        owner.onServerFree(this);
    }

    /** The user kept session state that the reset query has to clear before anybody else gets the server. */
    public void requireReset() {
        resetDue = true;
    }

    /** Whether it has been idle so long that it must answer a check before it serves. */
    public boolean isCheckDue(long nowNanos) {
        ServerRules rules = owner.rules();
        return needsCheck
                || (rules.check()
                        && !rules.checkDelay().isZero()
                        && nowNanos - stateSinceNanos > rules.checkDelay().toNanos());
    }

    /** Asks an idle server for a sign of life; it becomes free again or is closed. */
    public void check() {
        become(ServerState.CHECKING);
        needsCheck = false;
        startClock(owner.rules().connectTimeout(), () -> close("test query failed"));
        send(OwnQuery.CHECK, owner.rules().checkQuery());
        channel().flush();
    }

    // ---- own statements ----

    private void send(OwnQuery query, String sql) {
        ownQuery = query;
        ownError = null;
        ByteBuf out = buffer(16 + sql.length());
        Messages.query(out, sql);
        expectations.add(Expectations.QUERY, Expectations.SWALLOW);
        write(out);
    }

    /** ReadyForQuery behind a statement of our own. */
    void onOwnReady() {
        OwnQuery done = ownQuery;
        PgError error = ownError;
        ownQuery = null;
        ownError = null;
        if (done == null) {
            return; // a Sync that ended a vanished client's batch
        }
        switch (done) {
            case SETTINGS -> onSettingsAnswered(error);
            case CONNECT_QUERY -> {
                if (error != null) {
                    LOGGER.warn("{} error while executing exec_on_query: {}", this, error.message());
                }
                onUsable();
            }
            case CHECK -> {
                stopClock();
                if (error != null) {
                    close("test query failed");
                } else {
                    become(ServerState.IDLE);
                    giveBack();
                }
            }
            case RESET -> {
                stopClock();
                if (error != null || transactionStatus != TransactionStatus.IDLE) {
                    close("reset query failed");
                } else {
                    resetDue = false;
                    giveBack();
                }
            }
            case ROLLBACK -> settle();
        }
    }

    private void onSettingsAnswered(@Nullable PgError error) {
        boolean awaited = settingsAwaited;
        settingsAwaited = false;
        ServerUser served = user;
        if (error == null) {
            applied = served == null ? null : served.settings();
            if (served != null) {
                served.onSettingsApplied(reported, true);
            }
            return;
        }
        if (served == null) {
            return;
        }
        user = null;
        if (awaited) {
            // The batch was one implicit transaction: nothing of it has happened.
            readAnswers(true);
            giveBack();
        } else {
            close("var change failed");
        }
        served.onSettingsRefused(error);
    }

    /** An error in a statement of our own. */
    void onOwnError(PgError error) {
        ownError = error;
    }

    // ---- what ServerInbound learns ----

    void onReadyForQuery(byte status) {
        transactionStatus = status;
        atReady = true;
    }

    void onOtherMessage() {
        atReady = false;
    }

    void onReported(String name, String value) {
        reported = reported.with(name, value);
    }

    /** The session's settings were changed by its own statement to what the server now reports. */
    public void settingsAre(@Nullable SessionSettings settings) {
        applied = settings;
    }

    // ---- cancel ----

    /** Sends a cancel request for what runs now; the server is not given to anybody else until it was delivered. */
    public void sendCancel() {
        cancelsInFlight++;
        cancels.send(this, () -> owner.worker().run(this::onCancelDelivered));
    }

    private void onCancelDelivered() {
        cancelsInFlight--;
        if (cancelsInFlight == 0 && state == ServerState.HELD) {
            giveBack();
        }
    }

    /** Appends the CancelRequest that means this connection. */
    public void writeCancelRequest(ByteBuf out) {
        Messages.cancelRequest(out, backendPid, backendSecret);
    }

    /** Cancel requests on their way to this server. */
    public int cancelsInFlight() {
        return cancelsInFlight;
    }

    // ---- closing ----

    /** Closes as soon as nobody uses it, at once if nobody does. */
    public void closeWhenFree(String reason) {
        if (state == ServerState.IDLE) {
            close(reason);
        } else {
            closeNeeded = reason;
        }
    }

    /** Whether it is to be closed when it becomes free. */
    public boolean isCloseNeeded() {
        return closeNeeded != null;
    }

    /** Says goodbye and closes now; a user is told. */
    public void close(String reason) {
        if (state == ServerState.CLOSED) {
            return;
        }
        if (state == ServerState.MOVING) {
            closeNeeded = reason; // no loop may touch it before it has arrived
            return;
        }
        Channel open = channel;
        boolean loggedIn = state != ServerState.CONNECTING && state != ServerState.LOGGING_IN;
        end(reason, null, false);
        if (open != null) {
            if (loggedIn && open.isActive()) {
                ByteBuf out = open.alloc().buffer(8);
                Messages.terminate(out);
                open.writeAndFlush(out);
            }
            open.close();
        }
    }

    /** The attempt to open failed. */
    void fail(String reason, @Nullable PgError loginError) {
        if (state == ServerState.CLOSED) {
            return;
        }
        end(reason, loginError, false);
        if (channel != null) {
            channel.close();
        }
    }

    /** The peer has closed, or the connection broke. */
    void onPeerClosed(String reason, boolean fatalSeen) {
        if (state == ServerState.MOVING) {
            return; // seen on arrival
        }
        end(reason, null, fatalSeen);
    }

    private void end(String reason, @Nullable PgError loginError, boolean told) {
        if (state == ServerState.CLOSED) {
            return;
        }
        ServerState before = state;
        ServerUser served = user;
        user = null;
        stopClock();
        become(ServerState.CLOSED);
        expectations.clear();
        statements.clear();
        boolean failedToOpen =
                before == ServerState.CONNECTING || before == ServerState.LOGGING_IN || before == ServerState.PREPARING;
        LOGGER.info("{} closing because: {} (age={}s)", this, reason, ageSeconds());
        owner.onServerClosed(this, loginError, failedToOpen, reason);
        if (served != null) {
            served.onServerLost(reason, told);
        }
    }

    // ---- moving between event loops ----

    /** Takes an idle connection off its loop; {@code arrived} runs on the new owner's loop when it is there. */
    public void moveTo(ServerOwner next, Runnable arrived) {
        become(ServerState.MOVING);
        Channel moved = channel();
        moved.deregister()
                .addListener(off -> next.worker().loop().register(moved).addListener(on -> {
                    if (!on.isSuccess()) {
                        closeNeeded = "could not be moved to another event loop";
                    }
                    owner = next;
                    arrived.run();
                }));
    }

    /** Ends a move: idle on its new loop, and free if it is still alive. */
    public void onMoved() {
        become(ServerState.IDLE);
        if (channel().isActive()) {
            giveBack();
        } else {
            close("server conn crashed?");
        }
    }

    // ---- state ----

    private void become(ServerState next) {
        if (!next.mayFollow(state)) {
            throw new IllegalStateException(this + ": " + state + " → " + next);
        }
        ServerState before = state;
        state = next;
        stateSinceNanos = System.nanoTime();
        owner.onStateChanged(this, before);
    }

    private void startClock(java.time.Duration length, Runnable action) {
        stopClock();
        deadline = owner.worker().deadlines().create(length, action);
        if (deadline != null) {
            deadline.arm(System.nanoTime());
        }
    }

    private void stopClock() {
        if (deadline != null) {
            deadline.disarm();
            deadline = null;
        }
    }

    // ---- looking ----

    public long id() {
        return id;
    }

    public ServerState state() {
        return state;
    }

    /** {@link System#nanoTime()} of the last change of state. */
    public long stateSinceNanos() {
        return stateSinceNanos;
    }

    public ServerTarget target() {
        return target;
    }

    public Expectations expectations() {
        return expectations;
    }

    public ServerStatements statements() {
        return statements;
    }

    public ServerOwner owner() {
        return owner;
    }

    public @Nullable ServerUser user() {
        return user;
    }

    public byte transactionStatus() {
        return transactionStatus;
    }

    public ReportedParameters reported() {
        return reported;
    }

    /** Settings last applied, null when not known. */
    public @Nullable SessionSettings applied() {
        return applied;
    }

    /** The generation of the pool's target that this connection was opened for. */
    public int epoch() {
        return epoch;
    }

    public int backendPid() {
        return backendPid;
    }

    public long createdNanos() {
        return createdNanos;
    }

    public long createdMillis() {
        return createdMillis;
    }

    /** Wall clock of the last link. */
    public long requestMillis() {
        return requestMillis;
    }

    public long ageSeconds() {
        return (System.nanoTime() - createdNanos) / 1_000_000_000L;
    }

    /** What has arrived or is to be sent and is not done with. */
    public BytesInFlight inFlight() {
        Channel open = channel;
        ServerInbound reader = inbound;
        return open == null || reader == null ? BytesInFlight.NONE : reader.inFlight(open);
    }

    /** The peer's address, null before the connection stands. */
    public @Nullable SocketAddress remoteAddress() {
        return channel == null ? null : channel.remoteAddress();
    }

    /** Our address, null before the connection stands. */
    public @Nullable SocketAddress localAddress() {
        return channel == null ? null : channel.localAddress();
    }

    Channel channel() {
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    @Override
    public String toString() {
        return "S-" + id + ": " + target;
    }
}
