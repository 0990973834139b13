package dev.weir.proxy.client;

import dev.weir.config.PoolMode;
import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.cancel.CancelTarget;
import dev.weir.proxy.net.LingeringClose;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolShard;
import dev.weir.proxy.pool.Waiter;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logged-in client: when it has a server, when it waits for one, and when it lets it go. What it sends is
 * {@link ClientInbound}'s business. {@link ClientState} draws the states.
 *
 * <p>Confined to its event loop, on which its server lives too.
 */
public final class ClientSession implements Waiter.Session, CancelTarget, ClientTimers.Listener {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientSession.class);

    /** What a client may send ahead while it waits in line. */
    private static final int AHEAD_BYTES_MAX = 32 << 10;

    private final ClientLoginResult login;
    private final ClientServices services;
    private final Worker worker;
    private final Channel channel;
    private final Pool pool;
    private final PoolShard shard;
    private final Waiter waiter = new Waiter(this);
    private final StatementRewriter statements;
    private final ClientInbound inbound;
    private final CancelKey cancelKey;
    private final ClientClock clock;
    private ClientProfile profile;
    private ClientTimers timers;
    private ClientState state = ClientState.IDLE;
    private @Nullable ServerConnection server;
    private SessionSettings settings;
    private boolean settingsProven;
    private ReportedParameters told;
    /** DISCARD ALL or RESET ran: the settings of the startup packet hold again where the server's own have come back. */
    private boolean startupSettingsDue;

    private boolean transactionBlockSeen;
    private boolean stoppedForAnswers;
    private boolean suspended;

    ClientSession(
            ClientLoginResult login,
            ClientServices services,
            Worker worker,
            Channel channel,
            Pool pool,
            ReportedParameters welcome,
            CancelKey cancelKey) {
        this.login = login;
        this.services = services;
        this.worker = worker;
        this.channel = channel;
        this.pool = pool;
        this.shard = pool.shard(worker);
        this.statements = new StatementRewriter(this, services.statements());
        this.inbound = new ClientInbound(this, channel.alloc(), statements);
        this.cancelKey = cancelKey;
        this.settings = login.settings();
        this.settingsProven = pool.provenSettings().contains(settings);
        this.told = welcome;
        this.profile = ClientProfile.of(services.config(), login.database(), login.user());
        this.timers = new ClientTimers(worker.deadlines(), profile, this);
        this.clock = new ClientClock(shard.counters());
        timers.onIdle(System.nanoTime());
    }

    // ---- from the client ----

    /** Takes bytes that arrived; owns them. */
    void read(ByteBuf in) {
        if (state == ClientState.CLOSED) {
            in.release();
            return;
        }
        shard.counters().receivedBytes += in.readableBytes();
        try {
            inbound.read(in);
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
        }
    }

    /** All bytes that had arrived have been read. */
    void readComplete() {
        ServerConnection linked = server;
        if (linked != null) {
            linked.flush();
            if (!linked.isWritable()) {
                readClient(false);
            }
        } else if (state == ClientState.WAITING && inbound.heldBytes() > AHEAD_BYTES_MAX) {
            readClient(false);
        }
    }

    /** The client can take more. */
    void onWritable() {
        if (server != null) {
            server.readAnswers(true);
        }
    }

    void onTerminate() {
        close("client close request");
    }

    void onPeerClosed() {
        close("client unexpected eof");
    }

    // ---- asking for a server (ClientInbound) ----

    /**
     * The server for a message that needs one. A message that begins something new starts the clocks.
     *
     * @return null when the message has to wait; {@link ClientInbound#resume} is called when it need not any more
     */
    @Nullable
    ServerConnection request() {
        ServerConnection linked = server;
        if (linked == null) {
            if (state == ClientState.WAITING || suspended) {
                return null;
            }
            long nowNanos = System.nanoTime();
            begin(nowNanos);
            linked = shard.checkout(waiter, nowNanos);
            if (linked == null) {
                become(ClientState.WAITING);
                timers.onWait(nowNanos);
                return null;
            }
            link(linked);
        } else if (!clock.isQueryRunning()) {
            begin(System.nanoTime());
        }
        return linked.isReadyForMessages() ? linked : null;
    }

    private void begin(long nowNanos) {
        boolean newTransaction = !clock.isTransactionOpen();
        clock.onQueryStart(nowNanos);
        timers.onQuery(nowNanos, newTransaction);
    }

    /** Sends a run of messages to the server; owns it. */
    void toServer(ByteBuf run) {
        ServerConnection linked = server;
        if (linked == null) {
            run.release();
        } else {
            linked.write(run);
        }
    }

    void onTooMuchOutstanding() {
        stoppedForAnswers = true;
        readClient(false);
    }

    /** ReadyForQuery for what needed no server. */
    void answerReadyForQuery() {
        ByteBuf out = channel.alloc().buffer(8);
        Messages.readyForQuery(out, TransactionStatus.IDLE);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    /** CloseComplete for what no server needed to hear. */
    void answerCloseComplete() {
        ByteBuf out = channel.alloc().buffer(8);
        Messages.closeComplete(out);
        channel.write(out, channel.voidPromise());
    }

    // ---- getting a server ----

    @Override
    public void onServerAssigned(ServerConnection assigned) {
        timers.onWaitEnd();
        link(assigned);
        if (assigned.isReadyForMessages()) {
            goOn(assigned);
        }
    }

    private void link(ServerConnection assigned) {
        become(ClientState.LINKED);
        server = assigned;
        clock.onAssigned(System.nanoTime());
        if (profile.mode() == PoolMode.SESSION || assigned.owner().rules().resetAlways()) {
            assigned.requireReset();
        }
        assigned.link(this);
    }

    /** Sends what was held and lets the client be read again. */
    private void goOn(ServerConnection linked) {
        try {
            inbound.resume();
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
            return;
        }
        if (server == linked) {
            linked.flush();
            readClient(linked.isWritable());
        }
    }

    @Override
    public void onCheckoutRefused(PgError error) {
        closeWithError(error.withSeverity(PgError.Severity.FATAL));
    }

    @Override
    public SessionSettings settings() {
        return settings;
    }

    @Override
    public boolean settingsProven() {
        return settingsProven;
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        if (changed) {
            pool.provenSettings().add(settings);
            settingsProven = true;
            useServersSpelling(reported);
        }
        tell(reported);
        ServerConnection linked = server;
        if (changed && linked != null) {
            goOn(linked);
        }
    }

    /** PostgreSQL shows some values in a form of its own; kept in that form they compare equal from now on. */
    private void useServersSpelling(ReportedParameters reported) {
        SessionSettings spelled = settings;
        for (String name : settings.names()) {
            String value = reported.find(name);
            if (value != null) {
                spelled = spelled.with(name, value);
            }
        }
        settings = spelled;
        if (server != null) {
            server.settingsAre(spelled);
        }
    }

    /** Tells the client what this server reports otherwise than the last one did. */
    private void tell(ReportedParameters reported) {
        if (!reported.equals(told)) {
            ByteBuf out = channel.alloc().buffer(64);
            reported.forEachUnlike(told, (name, value) -> Messages.parameterStatus(out, name, value));
            onAnswer(out);
        }
        told = reported;
    }

    @Override
    public void onSettingsRefused(PgError error) {
        server = null;
        closeWithError(errors().settingsRefused(error));
    }

    // ---- from the server ----

    @Override
    public void onAnswer(ByteBuf run) {
        channel.write(run, channel.voidPromise());
        if (!channel.isWritable() && server != null) {
            server.readAnswers(false);
        }
    }

    @Override
    public void onAnswersEnd() {
        channel.flush();
        if (transactionBlockSeen) {
            closeWithError(errors().transactionBlock());
            return;
        }
        ServerConnection linked = server;
        if (linked != null && linked.expectations().isEmpty()) {
            onAllAnswered();
        }
        if (stoppedForAnswers && linked != null) {
            stoppedForAnswers = false;
            goOn(linked);
        }
    }

    private void onAllAnswered() {
        if (clock.isQueryRunning()) {
            long nowNanos = System.nanoTime();
            boolean open = server != null && server.transactionStatus() != TransactionStatus.IDLE;
            clock.onQueryEnd(nowNanos, !open);
            timers.onQueryEnd(nowNanos, open);
            inbound.onAllAnswered();
        }
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void onParameterStatus(String name, String value, ReportedParameters reported) {
        told = reported;
        String lowerCase = name.toLowerCase(Locale.ROOT);
        if (ReportedParameters.followsClient(lowerCase)) {
            boolean unknown = server == null || server.applied() == null;
            settings = settings.with(lowerCase, value);
            if (server != null && !unknown) {
                server.settingsAre(settings);
            }
        }
    }

    @Override
    public void onSessionDiscarded(String tag) {
        if (!tag.equals("RESET")) {
            statements.clear();
        }
        if (!tag.equals("DEALLOCATE ALL")) {
            startupSettingsDue = true;
        }
    }

    @Override
    public void onReadyForQuery(byte transactionStatus) {
        if (startupSettingsDue) {
            startupSettingsDue = false;
            restoreStartupSettings();
        }
        if (profile.mode() == PoolMode.STATEMENT && transactionStatus != TransactionStatus.IDLE) {
            transactionBlockSeen = true;
        }
    }

    /**
     * In a session of its own RESET brings a setting back to what the client's startup packet said; here it has brought the
     * server's own value back.
     */
    private void restoreStartupSettings() {
        ReportedParameters serversOwn = pool.welcome();
        for (String name : login.settings().names()) {
            String now = told.find(name);
            String own = serversOwn == null ? null : serversOwn.find(name);
            String atStartup = login.settings().find(name);
            if (atStartup != null && (now == null || now.equals(own))) {
                settings = settings.with(name, atStartup);
            }
        }
    }

    @Override
    public void onServerIdle() {
        onAllAnswered();
        ServerConnection linked = server;
        if (linked == null) {
            return;
        }
        if (profile.mode() == PoolMode.SESSION) {
            channel.flush();
            if (!settings.equals(linked.applied())) {
                linked.reapplySettings();
            }
            return;
        }
        server = null;
        become(ClientState.IDLE);
        timers.onIdle(System.nanoTime());
        channel.flush();
        readClient(true);
        linked.unlink();
        if (stoppedForAnswers || inbound.heldBytes() > 0) {
            stoppedForAnswers = false;
            resumeUnlinked();
        }
    }

    private void resumeUnlinked() {
        try {
            inbound.resume();
            readComplete();
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
        }
    }

    @Override
    public void onServerWritable() {
        readClient(true);
    }

    @Override
    public void onServerLost(String reason, boolean alreadyTold) {
        server = null;
        if (alreadyTold) {
            channel.flush();
            close(reason);
        } else {
            closeWithError(errors().serverLost(reason));
        }
    }

    // ---- cancel ----

    @Override
    public void onCancelRequest() {
        ServerConnection linked = server;
        if (state == ClientState.WAITING) {
            shard.leaveQueue(waiter);
            timers.onWaitEnd();
            become(ClientState.IDLE);
            clock.onAbandoned();
            write(PgError.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
            timers.onIdle(System.nanoTime());
            inbound.discardHeldRequest();
            readClient(true);
        } else if (linked != null
                && linked.isReadyForMessages()
                && !linked.expectations().isEmpty()) {
            linked.sendCancel();
        } else {
            LOGGER.debug("{} cancel request for idle client", this);
        }
    }

    @Override
    public CancelKey cancelKey() {
        return cancelKey;
    }

    @Override
    public Worker worker() {
        return worker;
    }

    // ---- timeouts ----

    @Override
    public void onExpired(ClientTimers.Limit limit) {
        boolean queued = state == ClientState.WAITING;
        switch (limit) {
            case QUERY_WAIT -> closeWithError(errors().queryWaitTimeout(services.describe(pool)));
            case QUERY_WAIT_NOTIFY ->
                write(PgError.notice("No server connection available in postgres backend, client being queued"));
            case QUERY -> closeWithError(errors().queryTimeout(queued));
            case TRANSACTION -> closeWithError(errors().transactionTimeout());
            case IDLE_TRANSACTION -> closeWithError(errors().idleTransactionTimeout());
            case IDLE -> {
                if (server == null && !queued) {
                    closeWithError(errors().idleTimeout());
                }
            }
        }
    }

    // ---- ending ----

    /** Tells the client why and closes. */
    public void closeWithError(PgError error) {
        if (state == ClientState.CLOSED) {
            return;
        }
        services.logPoolerError(this, error);
        end(error.message());
        ByteBuf out = channel.alloc().buffer(256);
        error.write(out);
        LingeringClose.after(channel, out);
    }

    /** Closes without a word. */
    void close(String reason) {
        if (state == ClientState.CLOSED) {
            return;
        }
        end(reason);
        channel.close();
    }

    private void end(String reason) {
        ServerConnection linked = server;
        boolean midMessage = inbound.isMidMessage();
        boolean commitSent = inbound.isCommitSent();
        if (linked != null) {
            linked.flush();
        }
        server = null;
        shard.leaveQueue(waiter);
        timers.stop();
        become(ClientState.CLOSED);
        statements.clear();
        services.onSessionEnd(this, reason);
        channel.eventLoop().execute(inbound::release); // a walk may be under way
        if (linked != null) {
            linked.abandon(abandonReason(linked), midMessage, commitSent);
        }
    }

    private static String abandonReason(ServerConnection linked) {
        return linked.expectations().isEmpty()
                ? "client disconnect while server was not ready"
                : "client disconnected with queries in progress";
    }

    // ---- control ----

    /** A reload: other rules from now on. */
    public void onConfigChanged() {
        if (state == ClientState.CLOSED) {
            return;
        }
        ClientProfile next = services.profileOf(this);
        if (!next.equals(profile)) {
            profile = next;
            timers.stop();
            timers = new ClientTimers(worker.deadlines(), next, this);
            if (state == ClientState.IDLE) {
                timers.onIdle(System.nanoTime());
            }
        }
    }

    /** SUSPEND stops the client from being read, RESUME goes on. */
    public void suspend(boolean stop) {
        suspended = stop;
        readClient(!stop);
        if (!stop && state == ClientState.IDLE && inbound.heldBytes() > 0) {
            resumeUnlinked();
        }
    }

    private void readClient(boolean read) {
        boolean wanted = read && !suspended;
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private void write(PgError message) {
        ByteBuf out = channel.alloc().buffer(256);
        message.write(out);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    private void become(ClientState next) {
        if (!next.mayFollow(state)) {
            throw new IllegalStateException(this + ": " + state + " → " + next);
        }
        state = next;
    }

    // ---- looking ----

    boolean isClosed() {
        return state == ClientState.CLOSED;
    }

    boolean rewritesStatements() {
        return profile.mode() != PoolMode.SESSION && preparedStatementsMax() > 0;
    }

    int preparedStatementsMax() {
        return shard.rules().preparedStatementsMax();
    }

    ClientProfile profile() {
        return profile;
    }

    ClientErrors errors() {
        return services.errors();
    }

    PoolCounters counters() {
        return shard.counters();
    }

    /** The server that serves it now. */
    public @Nullable ServerConnection server() {
        return server;
    }

    public ClientState state() {
        return state;
    }

    public Pool pool() {
        return pool;
    }

    /** Who logged in, from where, when. */
    public ClientLoginResult login() {
        return login;
    }

    public ClientClock clock() {
        return clock;
    }

    /** {@code application_name} as the client has it now; empty for none. */
    public String applicationName() {
        String name = settings.find("application_name");
        return name == null ? "" : name;
    }

    public int preparedStatements() {
        return statements.count();
    }

    public @Nullable SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    public @Nullable SocketAddress localAddress() {
        return channel.localAddress();
    }

    public boolean isTransactionOpen() {
        return clock.isTransactionOpen();
    }

    @Override
    public String toString() {
        return login.toString();
    }
}
