package dev.weir.proxy.server;

import dev.weir.proxy.net.SocketOptions;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns Netty's events of a server connection's channel into calls; holds no state of its own but the phase of reading. */
final class ServerHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerHandler.class);

    private final ServerConnection server;
    private final ServerInbound inbound;
    private final ServerLogin login;
    private final SocketOptions options;

    ServerHandler(ServerConnection server, ServerInbound inbound, ServerLogin login, SocketOptions options) {
        this.server = server;
        this.inbound = inbound;
        this.login = login;
        this.options = options;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        options.applyTo(context.channel());
        if (server.state() == ServerState.CONNECTING) {
            login.start();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (server.state() == ServerState.CLOSED) {
            in.release();
            return;
        }
        try {
            if (login.isDone()) {
                inbound.read(in);
            } else {
                login.read(in);
            }
        } catch (ProtocolViolation violation) {
            server.close(ServerLoss.VIOLATION + violation.error().message());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (login.isDone() && server.state() != ServerState.CLOSED) {
            inbound.readComplete();
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
        if (login.isDone()) {
            server.onPeerClosed(ServerLoss.CRASHED, inbound.fatalSeen());
        } else {
            server.fail("login failed", login.refusal());
        }
        inbound.release();
        login.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("{} {}", server, cause.getMessage());
            server.onPeerClosed(ServerLoss.CRASHED, inbound.fatalSeen());
        } else {
            LOGGER.error("{} internal error", server, cause);
            server.close("internal error");
        }
        context.close();
    }
}
