package dev.weir.proxy.server;

import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
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
 * What arrives on a server connection that serves one client to its end, without anything of ours in between: every message
 * goes to the user as it came, however long ("Streaming Replication Protocol"). Only where messages begin is known, and what
 * says that PostgreSQL has come to rest or ends the session.
 *
 * <p>Confined to the connection's event loop.
 */
public final class ServerStream extends ChannelInboundHandlerAdapter implements MessageSink {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerStream.class);

    /** A FATAL error has a far shorter text. */
    private static final int READ_BYTES_MAX = 1 << 16;

    private static final byte[] VERDICTS = verdicts();

    private final ServerConnection server;
    private final Channel channel;
    private final MessageFramer framer;
    private boolean fatalSeen;

    private ServerStream(ServerConnection server) {
        this.server = server;
        this.channel = server.channel();
        this.framer = new MessageFramer(this, channel.alloc(), VERDICTS);
    }

    /** From now on what arrives is its user's as it is. To be called on the loop, while nothing is being read. */
    public static ServerStream begin(ServerConnection server) {
        ServerStream stream = new ServerStream(server);
        stream.channel.pipeline().replace(ServerHandler.class, "stream", stream);
        return stream;
    }

    private static byte[] verdicts() {
        byte[] table = new byte[256];
        Arrays.fill(table, MessageFramer.PASS);
        table[BackendType.READY_FOR_QUERY] = MessageFramer.ASK;
        table[BackendType.ERROR_RESPONSE] = MessageFramer.ASK;
        return table;
    }

    /** Whether the user has got only a part of the last message. */
    public boolean isMidMessage() {
        return framer.isStreaming();
    }

    /** Closes without a farewell, which would be taken for the rest of a message that PostgreSQL has got a part of. */
    public void abort(String reason) {
        channel.close();
        server.close(reason);
    }

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (bodyLength > READ_BYTES_MAX) {
            return FORWARD;
        }
        if (available < bodyLength) {
            return NEED_MORE;
        }
        ServerUser user = server.user();
        if (type == BackendType.ERROR_RESPONSE) {
            fatalSeen |= PgError.read(in, bodyStart, bodyLength).endsSession();
        } else if (user != null && bodyLength == 1) {
            framer.emitRun();
            user.onReadyForQuery(in.getByte(bodyStart));
        }
        return FORWARD;
    }

    @Override
    public void onRun(ByteBuf run) {
        ServerUser user = server.user();
        if (user == null) {
            run.release();
        } else {
            user.onAnswer(run);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (server.state() == ServerState.CLOSED) {
            in.release();
            return;
        }
        server.owner().counters().sentBytes += in.readableBytes();
        try {
            framer.read(in);
        } catch (ProtocolViolation violation) {
            server.close(ServerLoss.VIOLATION + violation.error().message());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ServerUser user = server.user();
        if (user != null) {
            user.onAnswersEnd();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ServerUser user = server.user();
        if (user != null && context.channel().isWritable()) {
            user.onServerWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        onGone();
        framer.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, @Nullable Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("{} {}", server, cause.getMessage());
            onGone();
        } else {
            LOGGER.error("{} internal error", server, cause);
            server.close("internal error");
        }
        context.close();
    }

    private void onGone() {
        server.onPeerClosed(ServerLoss.CRASHED, fatalSeen || isMidMessage());
    }
}
