package dev.weir.proxy.tls;

import dev.weir.config.ChannelBinding;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Agrees with a server on whether the connection is encrypted ("Message Flow", "SSL Session Encryption"). The handlers behind
 * it hear of the connection when that is settled, and then this one is gone. Confined to its event loop.
 */
public final class ServerNegotiation extends ChannelInboundHandlerAdapter {

    /** Who hears how it ends; one of the two is called, once. */
    public interface Outcome {

        /**
         * The connection can be used: encrypted, or not if the session is null.
         *
         * @param binding whether a login over it is to be bound to it
         */
        void onSettled(@Nullable TlsSession session, ChannelBinding binding);

        /** It cannot; it is about to be closed. */
        void onFailed(String reason);
    }

    private final TlsForServers tls;
    private final String host;
    private final int port;
    private final TlsCounters counters;
    private final Outcome outcome;
    private boolean handshaking;
    private boolean over;

    /** @param host as configured, not as resolved */
    public ServerNegotiation(TlsForServers tls, String host, int port, TlsCounters counters, Outcome outcome) {
        this.tls = tls;
        this.host = host;
        this.port = port;
        this.counters = counters;
        this.outcome = outcome;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (tls.isDirect()) {
            handshake(context);
            return;
        }
        ByteBuf out = context.alloc().buffer(8);
        Messages.sslRequest(out);
        context.writeAndFlush(out);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (over || handshaking || !in.isReadable()) {
                return;
            }
            byte answer = in.readByte();
            if (in.isReadable()) {
                // would be taken for encrypted although anybody on the way could have put it there
                fail(context, "received unencrypted data after SSL response");
            } else if (answer == 'S') {
                handshake(context);
            } else if (answer == 'N' && !tls.isRequired()) {
                settle(context, null);
            } else {
                fail(context, "server refused SSL");
            }
        } finally {
            in.release();
        }
    }

    private void handshake(ChannelHandlerContext context) {
        handshaking = true;
        tls.begin(context.channel(), context.name(), host, port);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !over) {
            if (!handshake.isSuccess()) {
                counters.onServerHandshakeFailed();
                fail(context, "TLS startup failed: " + Reason.of(handshake.cause()));
            } else if (tls.isDirect()
                    && !ClientHelloGate.PROTOCOL.equals(
                            context.pipeline().get(SslHandler.class).applicationProtocol())) {
                counters.onServerHandshakeFailed();
                fail(context, "TLS startup failed: the server does not speak PostgreSQL's protocol (ALPN)");
            } else {
                settle(context, tls.session(context.channel()));
            }
        }
        context.fireUserEventTriggered(event);
    }

    private void settle(ChannelHandlerContext context, @Nullable TlsSession session) {
        over = true;
        outcome.onSettled(session, tls.binding());
        context.pipeline().remove(this);
        context.fireChannelActive();
    }

    private void fail(ChannelHandlerContext context, String reason) {
        if (!over) {
            over = true;
            outcome.onFailed(reason);
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, handshaking ? "TLS startup failed: the server closed the connection" : "server refused SSL");
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, "TLS startup failed: " + Reason.of(cause));
        context.close();
    }
}
