package dev.weir.proxy.client;

import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.cancel.CancelTarget;
import dev.weir.proxy.net.LingeringClose;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.DedicatedServer;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerStream;
import dev.weir.proxy.server.ServerUser;
import dev.weir.proxy.server.SettingsRefusal;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.Replication;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replication client and the server connection that it has for itself ("Streaming Replication Protocol"): bytes go both ways as
 * they come, each side read only as fast as the other takes, until one of them leaves. No timeout of queries or transactions
 * applies, for a stream of WAL is one query without an end.
 *
 * <p>Confined to the event loop of both connections.
 */
public final class ReplicationSession extends ChannelInboundHandlerAdapter
        implements ServerUser, CancelTarget, MessageSink {

    private static final Logger LOGGER = LoggerFactory.getLogger(ReplicationSession.class);

    private static final byte[] VERDICTS = verdicts();

    private final ClientLoginResult login;
    private final ClientServices services;
    private final Channel channel;
    private final DedicatedServer dedicated;
    private final ServerConnection server;
    private final ClientAdmission admission;
    private final CancelKey cancelKey;
    private final MessageFramer framer;
    private final ClientClock clock;
    private @Nullable ServerStream stream;
    private boolean ready = true;
    private boolean suspended;
    private boolean outdated;
    private boolean closed;

    private ReplicationSession(
            ClientLoginResult login,
            ClientServices services,
            Channel channel,
            ReplicationReception reception,
            ClientAdmission admission,
            CancelKey cancelKey) {
        this.login = login;
        this.services = services;
        this.channel = channel;
        this.dedicated = reception.dedicated();
        this.admission = admission;
        this.cancelKey = cancelKey;
        this.framer = new MessageFramer(this, channel.alloc(), VERDICTS);
        this.clock = new ClientClock(this::counters);
        this.server = reception.handOver(this);
    }

    private static byte[] verdicts() {
        byte[] table = new byte[256];
        Arrays.fill(table, MessageFramer.PASS);
        table[FrontendType.TERMINATE] = MessageFramer.ASK;
        table[FrontendType.QUERY] = MessageFramer.ASK;
        return table;
    }

    /** Welcomes the client with what its server has reported, and takes the place of {@code before} in its pipeline. */
    static void begin(
            ClientLoginResult login,
            ClientServices services,
            ClientHandler before,
            Channel channel,
            ReplicationReception reception,
            ClientAdmission admission) {
        ReplicationSession session;
        do {
            CancelKey key = services.cancelKeys().create(login.protocolMinor());
            session = new ReplicationSession(login, services, channel, reception, admission, key);
        } while (!services.cancelKeys().add(session));
        session.start(before);
    }

    private void start(ClientHandler before) {
        pool().clients().incrementAndGet();
        counters().clientLogins++;
        services.clients().onReplicationBegin(worker(), this);
        channel.pipeline().replace(before, "replication", this);
        server.link(this);
        stream = ServerStream.begin(server);
        ByteBuf out = channel.alloc().buffer(512);
        Messages.authenticationOk(out);
        server.settings().reported().forEach((name, value) -> Messages.parameterStatus(out, name, value));
        Messages.backendKeyData(out, cancelKey.pid(), cancelKey.secret());
        Messages.readyForQuery(out, TransactionStatus.IDLE);
        channel.writeAndFlush(out);
        suspend(services.isSuspended());
    }

    // ---- from the client ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (closed) {
            in.release();
            return;
        }
        counters().receivedBytes += in.readableBytes();
        try {
            framer.read(in);
        } catch (ProtocolViolation violation) {
            closeWithError(violation.error());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!closed) {
            server.flush();
            chooseReading();
        }
    }

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (type == FrontendType.TERMINATE) {
            framer.emitRun();
            close("client close request");
            return DISCARD;
        }
        clock.onQueryStart(System.nanoTime());
        return FORWARD;
    }

    @Override
    public void onRun(ByteBuf run) {
        if (closed) {
            run.release();
            return;
        }
        ready = false;
        server.write(run);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        chooseReading();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close("client unexpected eof");
        framer.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("{} {}", this, cause.getMessage());
            context.close();
            return;
        }
        LOGGER.error("{} internal error", this, cause);
        closeWithError(PgError.fatal(SqlState.INTERNAL_ERROR, "internal error in the connection pooler"));
    }

    // ---- from the server ----

    @Override
    public void onAnswer(ByteBuf run) {
        channel.write(run, channel.voidPromise());
    }

    @Override
    public void onAnswersEnd() {
        channel.flush();
        chooseReading();
        if (outdated) {
            onOutdated();
        }
    }

    @Override
    public void onReadyForQuery(byte transactionStatus) {
        ready = transactionStatus == TransactionStatus.IDLE;
        clock.onQueryEnd(System.nanoTime(), ready);
    }

    @Override
    public void onServerWritable() {
        chooseReading();
    }

    @Override
    public void onServerLost(String reason, boolean told) {
        if (told || isMidAnswer()) {
            close(reason);
        } else {
            closeWithError(services.errors().serverLost(reason));
        }
    }

    private boolean isMidAnswer() {
        return stream != null && stream.isMidMessage();
    }

    /** Each side is read as long as the other one takes what it says. */
    private void chooseReading() {
        if (!closed) {
            server.readAnswers(channel.isWritable() && !suspended);
            boolean read = server.isWritable() && !suspended;
            if (channel.config().isAutoRead() != read) {
                channel.config().setAutoRead(read);
            }
        }
    }

    // ---- control ----

    /** The pool has other servers now: ends where the client is between two commands. */
    void onOutdated() {
        outdated = true;
        if (ready && !closed) {
            closeWithError(services.errors().databaseChanged());
        }
    }

    /** Whether the client is between two commands. */
    public boolean isReady() {
        return ready;
    }

    /** SUSPEND and RESUME. */
    public void suspend(boolean stop) {
        suspended = stop;
        chooseReading();
    }

    @Override
    public void onCancelRequest(Runnable delivered) {
        if (closed) {
            delivered.run();
        } else {
            server.release().sendCancel(delivered);
        }
    }

    /** Tells the client why and closes. */
    public void closeWithError(PgError error) {
        if (closed) {
            return;
        }
        if (isMidAnswer()) {
            close(error.message()); // the client would take the error for a part of the message that it has not got yet
            return;
        }
        services.logPoolerError(this, error);
        end(error.message());
        ByteBuf out = channel.alloc().buffer(256);
        error.write(out);
        LingeringClose.after(channel, out);
    }

    /** Closes without a word. */
    public void close(String reason) {
        if (!closed) {
            end(reason);
            channel.close();
        }
    }

    private void end(String reason) {
        closed = true;
        services.logClosing(this, reason, login.connectedNanos());
        services.cancelKeys().remove(this);
        pool().clients().decrementAndGet();
        admission.countOut();
        services.clients().onReplicationEnd(worker(), this);
        ServerStream opened = stream;
        if (framer.isStreaming() && opened != null) {
            opened.abort("replication client was closed");
        }
        dedicated.close("replication client was closed");
    }

    // ---- what only those hear who share their server ----

    @Override
    public SessionSettings settings() {
        return SessionSettings.NONE;
    }

    @Override
    public boolean settingsProven() {
        return true;
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        // they went out in the startup packet
    }

    @Override
    public void onSettingsRefused(SettingsRefusal refusal) {
        closeWithError(refusal.error());
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public boolean wantsNotifications() {
        return true;
    }

    @Override
    public void onServerIdle() {
        // it is never let go
    }

    // ---- looking ----

    private PoolCounters counters() {
        return dedicated.counters();
    }

    public Pool pool() {
        return dedicated.pool();
    }

    /** What it speaks. */
    public Replication replication() {
        return dedicated.replication();
    }

    /** Who logged in, from where, when. */
    public ClientLoginResult login() {
        return login;
    }

    public ServerConnection server() {
        return server;
    }

    public ClientClock clock() {
        return clock;
    }

    public Channel channel() {
        return channel;
    }

    @Override
    public CancelKey cancelKey() {
        return cancelKey;
    }

    @Override
    public Worker worker() {
        return dedicated.worker();
    }

    @Override
    public String toString() {
        return login.toString();
    }
}
