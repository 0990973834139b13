package dev.weir.proxy.server;

import dev.weir.proxy.net.ChannelMove;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.time.Countdown;
import dev.weir.proxy.tls.TlsSession;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.Objects;
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

    private final ServerIdentity identity;
    private final Expectations expectations = new Expectations();
    private final ServerStatements statements;
    private final OwnStatements own;
    private final ServerSettings settings;
    private final ServerSession session;
    private final ServerRelease release;

    private ServerOwner owner;
    private @Nullable Channel channel;
    private @Nullable ServerInbound inbound;
    private final ServerPhase phase;
    private @Nullable ServerUser user;
    private byte transactionStatus = TransactionStatus.IDLE;
    /** The last answer read was a ReadyForQuery. */
    private boolean atReady = true;

    private BackendKey backendKey = BackendKey.NONE;
    private final Countdown countdown = new Countdown(() -> owner().worker().deadlines());

    public ServerConnection(
            ServerIdentity identity, ServerOwner owner, ServerStatements statements, CancelSender cancels) {
        this.identity = identity;
        this.owner = owner;
        this.statements = statements;
        this.phase = new ServerPhase(identity.createdNanos());
        this.own = new OwnStatements(this);
        this.settings = new ServerSettings(this, own);
        this.session = new ServerSession(this, own);
        this.release = new ServerRelease(this, own, cancels);
    }

    // ---- opening ----

    /** An attempt begins: the clock of {@code server_connect_timeout} starts. */
    void onOpening() {
        countdown.start(owner.rules().connectTimeout(), () -> fail("connect timeout", null));
    }

    /** The channel exists and is about to connect. */
    void onChannel(Channel opened, ServerInbound reader) {
        channel = opened;
        inbound = reader;
    }

    /** PostgreSQL can be spoken to. */
    void onConnected() {
        become(ServerState.LOGGING_IN);
        LOGGER.info(
                "{} new connection to server (from {})",
                this,
                PeerIdentity.describe(channel().localAddress()));
    }

    void onLoggedIn(ReportedParameters atLogin, BackendKey key) {
        settings.onLoggedIn(atLogin);
        backendKey = key;
        if (target().connectQuery().isEmpty()) {
            onUsable();
        } else {
            become(ServerState.PREPARING);
            own.send(OwnStatements.Purpose.CONNECT_QUERY, target().connectQuery());
            channel().flush();
        }
    }

    void onConnectQueryDone(@Nullable PgError error) {
        if (error != null) {
            LOGGER.warn("{} error while executing exec_on_query: {}", this, error.message());
        }
        onUsable();
    }

    private void onUsable() {
        countdown.stop();
        owner.counters().connect.record(System.nanoTime() - identity.createdNanos());
        owner.onServerLoggedIn(this);
        become(ServerState.IDLE);
        release.giveBack();
    }

    // ---- serving ----

    /** Gives the answers that need no server, if it is their turn. */
    public void inventAnswers() {
        if (inbound != null) {
            inbound.invent();
        }
    }

    /** Begins to serve {@code next}, under its settings: see {@link ServerSettings#isReady()}. */
    public void link(ServerUser next) {
        link(next, System.nanoTime());
    }

    /** As {@link #link(ServerUser)}, where it is known what time it is. */
    public void link(ServerUser next, long nowNanos) {
        phase.knowTime(nowNanos);
        become(ServerState.LINKED);
        phase.forgetTime();
        user = next;
        owner.counters().serverAssignments++;
        session.running().onLinked();
        settings.handOverTo(next);
    }

    /** Whether the user's messages may be sent on now. */
    public boolean isReady() {
        return settings.isReady() && !session.isProbed();
    }

    /** Whether the user has got only a part of the last message. */
    public boolean isMidAnswer() {
        return inbound != null && inbound.isMidMessage();
    }

    /** Whether bytes can be written without piling up. */
    public boolean isWritable() {
        return channel().isWritable();
    }

    /** Sends bytes of the user's; owns {@code run}. Nothing reaches the network before {@link #flush()}. */
    public void write(ByteBuf run) {
        session.running().onSent(run.readableBytes());
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
        unlink(System.nanoTime());
    }

    /** As {@link #unlink()}, where it is known what time it is. */
    public void unlink(long nowNanos) {
        user = null;
        readAnswers(true);
        phase.knowTime(nowNanos);
        release.giveBack();
        phase.forgetTime();
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
        settings.forgetUser();
        session.forgetUser();
        release.abandon(reason, midMessage, letFinish);
    }

    /** Everything that arrived together has been read: looks whether the server has come to rest. */
    void onAnswersEnd() {
        ServerUser served = user;
        if (served == null) {
            release.settle();
        } else if (isAtRest()) {
            served.onServerIdle();
        } else {
            served.onAnswersEnd();
        }
    }

    /** Whether nothing is owed, no statement of ours runs and no transaction is open. */
    public boolean isAtRest() {
        return atReady
                && !isMidAnswer()
                && expectations.isEmpty()
                && !expectations.needsSync()
                && !own.isRunning()
                && transactionStatus == TransactionStatus.IDLE;
    }

    /** Ends the link because the user's settings could not be applied; closes the connection if there is a reason to. */
    void endLink(@Nullable String closeReason) {
        user = null;
        readAnswers(true);
        if (closeReason == null) {
            release.giveBack();
        } else {
            close(closeReason);
        }
    }

    /** The statements of our own. */
    OwnStatements own() {
        return own;
    }

    // ---- what ServerInbound learns ----

    void onReadyForQuery(byte status) {
        transactionStatus = status;
        atReady = true;
    }

    void onOtherMessage() {
        atReady = false;
    }

    // ---- closing ----

    /** Says goodbye and closes now; a user is told. */
    public void close(String reason) {
        if (phase.state() == ServerState.CLOSED) {
            return;
        }
        if (phase.state() == ServerState.MOVING) {
            release.needsClose(reason); // no loop may touch it before it has arrived
            return;
        }
        Channel open = channel;
        boolean loggedIn = phase.state() != ServerState.CONNECTING && phase.state() != ServerState.LOGGING_IN;
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
        if (phase.state() == ServerState.CLOSED) {
            return;
        }
        end(reason, loginError, false);
        if (channel != null) {
            channel.close();
        }
    }

    /** The peer has closed, or the connection broke. */
    void onPeerClosed(String reason, boolean fatalSeen) {
        if (phase.state() == ServerState.MOVING) {
            return; // seen on arrival
        }
        end(reason, null, fatalSeen);
    }

    private void end(String reason, @Nullable PgError loginError, boolean fatalSeen) {
        if (phase.state() == ServerState.CLOSED) {
            return;
        }
        // Whatever was said in the middle of a message would be taken for a part of it.
        boolean told = fatalSeen || isMidAnswer();
        ServerState before = phase.state();
        ServerUser served = user;
        user = null;
        countdown.stop();
        become(ServerState.CLOSED);
        expectations.clear();
        statements.clear();
        release.onClosed();
        boolean failedToOpen =
                before == ServerState.CONNECTING || before == ServerState.LOGGING_IN || before == ServerState.PREPARING;
        LOGGER.info(
                "{} closing because: {} (age={}s)",
                this,
                reason,
                (System.nanoTime() - identity.createdNanos()) / 1_000_000_000L);
        owner.onServerClosed(this, loginError, failedToOpen, reason);
        if (served != null) {
            served.onServerLost(reason, told);
        }
    }

    // ---- moving between event loops ----

    /** Takes an idle connection off its loop; {@code arrived} runs on the new owner's loop when it is there. */
    public void moveTo(ServerOwner next, Runnable arrived) {
        become(ServerState.MOVING);
        ChannelMove.begin(channel(), next.worker().loop(), () -> true, () -> {
            owner = next;
            arrived.run();
        });
    }

    /** Ends a move: idle on its new loop, and free if it is still alive. */
    public void onMoved() {
        become(ServerState.IDLE);
        if (channel().isActive()) {
            release.giveBack();
        } else {
            close(ServerLoss.CRASHED);
        }
    }

    void become(ServerState next) {
        owner.onStateChanged(this, phase.become(next, this));
    }

    /** The one thing that is waited for at a time. */
    Countdown countdown() {
        return countdown;
    }

    // ---- looking ----

    /** The settings it runs under. */
    public ServerSettings settings() {
        return settings;
    }

    /** What its user has left in it. */
    public ServerSession session() {
        return session;
    }

    /** How it comes back to its pool. */
    public ServerRelease release() {
        return release;
    }

    public ServerIdentity identity() {
        return identity;
    }

    public long id() {
        return identity.id();
    }

    public ServerState state() {
        return phase.state();
    }

    /** {@link System#nanoTime()} of the last change of state. */
    public long stateSinceNanos() {
        return phase.sinceNanos();
    }

    public ServerTarget target() {
        return identity.target();
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

    public BackendKey backendKey() {
        return backendKey;
    }

    /** Wall clock of the last link, 0 before the first. */
    public long requestMillis() {
        return phase.linkedMillis();
    }

    /** What has arrived or is to be sent and is not done with. */
    public BytesInFlight inFlight() {
        return channel == null || inbound == null ? BytesInFlight.NONE : inbound.inFlight(channel);
    }

    /** The peer's address, null before the connection stands. */
    public @Nullable SocketAddress remoteAddress() {
        return channel == null ? null : channel.remoteAddress();
    }

    /** How the connection is encrypted, in the words of log lines; empty if it is not. */
    public String tls() {
        return channel == null ? "" : TlsSession.describe(channel);
    }

    /** Our address, null before the connection stands. */
    public @Nullable SocketAddress localAddress() {
        return channel == null ? null : channel.localAddress();
    }

    Channel channel() {
        return Objects.requireNonNull(channel, "not connected");
    }

    @Override
    public String toString() {
        return "S-" + ConnectionIds.shown(id()) + ": " + target();
    }
}
