package dev.weir.proxy.client;

import dev.weir.config.PoolMode;
import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.cancel.CancelTarget;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.relay.BytesInFlight;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One logged-in client: its life, its timeouts, its cancel key. What it sends is {@link ClientInbound}'s business, what it has
 * to do with servers {@link ClientLink}'s.
 *
 * <p>Confined to its event loop.
 */
public final class ClientSession implements CancelTarget {

    private final ClientLoginResult login;
    private final ClientServices services;
    private final Channel channel;
    private final Pool pool;
    private final ClientPlace place;
    private final ClientMove move;
    private final ClientAdmission admission;
    private final CancelKey cancelKey;
    private final ClientCancel cancel = new ClientCancel(this);
    private final ClientClock clock;
    private final ClientSettings settings;
    private final SessionTrace trace;
    private final PinLimit pinLimit;
    private final ClientChannels channels;
    private final ClientOutput out;
    private final ClientLink link;
    private final StatementRewriter statements;
    private final ClientInbound inbound;
    private final ClientTerms terms;
    private final ClientTrace tracing = new ClientTrace();
    private final ClientDeparture departure = new ClientDeparture(this);

    ClientSession(
            ClientLoginResult login,
            ClientServices services,
            Worker worker,
            Channel channel,
            Pool pool,
            ReportedParameters welcome,
            ClientAdmission admission,
            CancelKey cancelKey) {
        this.login = login;
        this.services = services;
        this.channel = channel;
        this.pool = pool;
        this.place = new ClientPlace(pool, worker, services.clients());
        this.move = new ClientMove(this, services, place, channel);
        this.admission = admission;
        this.cancelKey = cancelKey;
        this.clock = new ClientClock(place::counters);
        this.settings = new ClientSettings(pool, login.settings(), welcome);
        this.out = new ClientOutput(channel);
        this.channels = new ClientChannels(this, services.listening(), settings);
        this.trace = new SessionTrace(new ClientPins(this, services), new SequenceGuard(this), channels::onNotifier);
        this.link = new ClientLink(this, place, settings, trace, out, clock);
        this.statements = new StatementRewriter(this, services.statements());
        this.inbound = new ClientInbound(
                this, channel.alloc(), statements, new SqlCommands(this, services.statements(), statements));
        this.pinLimit = new PinLimit(this, inbound, services);
        this.terms = new ClientTerms(
                ClientProfile.of(services.config(), login.database(), login.user()),
                new ClientTimeouts(this, inbound),
                worker);
    }

    /** Takes bytes that arrived; owns them. */
    void read(ByteBuf in) {
        if (link.state().isDeaf()) {
            move.hold(in);
            return;
        }
        place.counters().receivedBytes += in.readableBytes();
        try {
            inbound.read(in);
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
        }
    }

    /** All bytes that had arrived have been read. */
    void readComplete() {
        repeat().askForAnswers();
        ServerConnection linked = link.server();
        if (linked != null) {
            linked.flush();
        }
        out.flush(); // answers that needed no server
        chooseReading();
    }

    /** Reads the client unless it is too far ahead, or what it causes cannot be got rid of. */
    void chooseReading() {
        ServerConnection linked = link.server();
        out.readClient(!inbound.isTooFarAhead() && out.isWritable() && (linked == null || linked.isWritable()));
    }

    /** Goes on with what was held for lack of a server. */
    void resume() {
        try {
            inbound.resume();
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
        }
    }

    /** Between two servers: looks whether something was held that needs the next. */
    void resumeHeld() {
        if (departure.isDue()) {
            departure.look();
        } else if (inbound.heldBytes() > 0) {
            resume();
            readComplete();
        }
    }

    /** The client can take more. */
    void onWritable() {
        ServerConnection linked = link.server();
        if (linked != null) {
            linked.readAnswers(true);
        }
        channels.interject();
        chooseReading();
    }

    /** Everything asked so far has been answered. */
    void onAllAnswered() {
        inbound.onAllAnswered();
        statements.open().onAllAnswered();
    }

    void onPeerClosed() {
        close("client unexpected eof");
    }

    // ---- cancel ----

    @Override
    public void onCancelRequest(Runnable delivered) {
        cancel.onRequest(delivered);
    }

    /** Answers what is held with an error: the client may ask for something else. */
    void refuseHeld(PgError error) {
        out.say(error);
        try {
            inbound.discardHeldRequest();
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
            return;
        }
        chooseReading();
    }

    /** The server runs under this client's settings. */
    void onSettingsApplied() {
        cancel.onSettingsApplied();
    }

    @Override
    public CancelKey cancelKey() {
        return cancelKey;
    }

    @Override
    public Worker worker() {
        return place.worker();
    }

    // ---- ending ----

    /** Tells the client why and closes. */
    public void closeWithError(PgError error) {
        ServerConnection linked = link.server();
        if (linked != null && linked.isMidAnswer()) {
            close(error.message()); // the client would take the error for a part of the message that it has not got yet
        } else if (!isClosed()) {
            services.logPoolerError(this, error);
            dismiss(error);
        }
    }

    /** Closes with a last word, which may be read between two answers. */
    void dismiss(PgError lastWord) {
        tracing.onLastWord(lastWord);
        end(lastWord.message());
        out.closeWith(lastWord);
    }

    /** Closes without a word. */
    void close(String reason) {
        if (!isClosed()) {
            end(reason);
            out.close();
        }
    }

    /** Closes when the client has read what PostgreSQL said last. */
    void closeGently(String reason) {
        if (!isClosed()) {
            end(reason);
            out.closeGently();
        }
    }

    /** The pooler ends. */
    public void drop() {
        close("server shutting down");
    }

    private void end(String reason) {
        terms.timers().stop();
        try {
            link.end(inbound.isMidMessage(), inbound.isCommitSent());
            channels.end();
        } finally {
            statements.open().clear();
            services.onSessionEnd(this, reason);
            channel.eventLoop().execute(inbound::release); // a walk may be under way
        }
    }

    // ---- control ----

    /** A reload: other rules, from the next time on that nothing of the client's is under way. */
    public void onConfigChanged() {
        if (!isClosed()) {
            terms.change(services.profileOf(this));
            if (link.state() == ClientState.IDLE) {
                onUnlinked(System.nanoTime());
            }
        }
    }

    /** Nothing of the client's is under way. */
    void onUnlinked(long nowNanos) {
        terms.onUnlinked(place.worker(), nowNanos);
        channels.onUnlinked();
        move.onUnlinked();
    }

    /** Whether nothing of it is bound to its event loop, but for a server perhaps. */
    boolean mayMove() {
        return channels.isAtRest();
    }

    /** Goes to another event loop as soon as nothing of the client's is under way. */
    void moveTo(Worker next) {
        move.to(next);
    }

    /** The client has come to its new event loop. */
    void onMoved() {
        link.become(ClientState.IDLE);
        terms.onMoved(place.worker());
        out.suspend(false);
        chooseReading();
        departure.look();
    }

    // ---- looking ----

    /** How it ends when the pooler is drained. */
    public ClientDeparture departure() {
        return departure;
    }

    boolean isClosed() {
        return link.state() == ClientState.CLOSED;
    }

    ClientAdmission admission() {
        return admission;
    }

    ClientLink link() {
        return link;
    }

    ClientInbound inbound() {
        return inbound;
    }

    ClientOutput output() {
        return out;
    }

    ClientTimers timers() {
        return terms.timers();
    }

    OpenStatements open() {
        return statements.open();
    }

    /** What may have to be sent once more. */
    BatchRepeat repeat() {
        return statements.repeat();
    }

    /** What it may have left in its server's session. */
    SessionTrace trace() {
        return trace;
    }

    ClientChannels channels() {
        return channels;
    }

    /** Whether its session is to be the same whichever server it gets. */
    boolean followsState() {
        return terms.profile().followsState();
    }

    /** Whether its prepared statements are shared under names of ours. */
    boolean renamesStatements() {
        return terms.profile().mode() != PoolMode.SESSION && preparedStatementsMax() > 0;
    }

    PinLimit pinLimit() {
        return pinLimit;
    }

    /** The settings that decide what its texts mean. */
    SessionSettings meaning() {
        return trace.meaning(settings.current());
    }

    SqlDialect dialect() {
        return settings.dialect();
    }

    /** Its settings are those of its startup packet again; writes what it is told of that. */
    void resetSettings(ByteBuf news) {
        settings.reset(news);
    }

    /** Answers a message of a batch that no server has got anything of. */
    void answerHere(Consumer<ByteBuf> words) {
        ByteBuf answer = out.buffer(64);
        words.accept(answer);
        out.write(answer);
        inbound.onAnsweredHere();
    }

    int forward(byte kind) {
        ServerConnection linked = link.request();
        if (linked == null) {
            return MessageSink.STOP;
        }
        linked.expectations().add(kind, Expectations.FORWARD);
        return MessageSink.FORWARD;
    }

    int preparedStatementsMax() {
        return place.shard().rules().preparedStatementsMax();
    }

    ClientProfile profile() {
        return terms.profile();
    }

    ClientErrors errors() {
        return services.errors();
    }

    PoolCounters counters() {
        return place.counters();
    }

    ClientTrace tracing() {
        return tracing;
    }

    LoopQueries queries() {
        return place.queries();
    }

    public @Nullable ServerConnection server() {
        return link.server();
    }

    public ClientState state() {
        return link.state();
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
        String name = settings.current().find("application_name");
        return name == null ? "" : name;
    }

    public int preparedStatements() {
        return statements.open().count();
    }

    /** What has arrived or is to be sent and is not done with. */
    public BytesInFlight inFlight() {
        return inbound.inFlight(channel);
    }

    public @Nullable SocketAddress remoteAddress() {
        return PeerIdentity.addressOf(channel);
    }

    public @Nullable SocketAddress localAddress() {
        return channel.localAddress();
    }

    @Override
    public String toString() {
        return login.toString();
    }
}
