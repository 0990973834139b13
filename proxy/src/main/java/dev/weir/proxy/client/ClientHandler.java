package dev.weir.proxy.client;

import dev.weir.proxy.net.Listener;
import dev.weir.proxy.net.SocketOptions;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns Netty's events of a client's channel into calls on its login and then its session. */
public final class ClientHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientHandler.class);

    private final ClientServices services;
    private final ConsoleEntrance console;
    private final Worker worker;
    private final Listener.Kind listener;
    private final SocketOptions options;
    private @Nullable ClientLogin login;
    private @Nullable ClientSession session;

    public ClientHandler(
            ClientServices services,
            ConsoleEntrance console,
            Worker worker,
            Listener.Kind listener,
            SocketOptions options) {
        this.services = services;
        this.console = console;
        this.worker = worker;
        this.listener = listener;
        this.options = options;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        options.applyTo(context.channel());
        login = new ClientLogin(services, console, this, worker, context.channel(), listener);
    }

    /**
     * The login has succeeded.
     *
     * @param early bytes the client sent ahead of its welcome; owned from here on
     */
    void startSession(ClientSession begun, @Nullable ByteBuf early) {
        session = begun;
        login = null;
        if (early != null) {
            begun.read(early);
            begun.readComplete();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        ClientSession open = session;
        ClientLogin opening = login;
        if (open != null) {
            open.read(in);
        } else if (opening != null) {
            opening.read(in);
        } else {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (session != null) {
            session.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (session != null && context.channel().isWritable()) {
            session.onWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (login != null && event instanceof SslHandshakeCompletionEvent handshake) {
            login.onHandshake(handshake);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (session != null) {
            session.onPeerClosed();
        } else if (login != null) {
            login.onPeerClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("{} {}", session == null ? login : session, cause.getMessage());
            context.close();
            return;
        }
        LOGGER.error("{} internal error", session == null ? login : session, cause);
        PgError error = PgError.fatal(SqlState.INTERNAL_ERROR, "internal error in the connection pooler");
        if (session != null) {
            session.closeWithError(error);
        } else if (login != null) {
            login.refuse(error);
        } else {
            context.close();
        }
    }
}
