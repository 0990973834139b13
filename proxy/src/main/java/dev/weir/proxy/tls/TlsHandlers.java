package dev.weir.proxy.tls;

import dev.weir.config.tls.KeyExchangeGroup;
import dev.weir.config.tls.TlsSide;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;

/** What stands around the handlers of a connection that is encrypted. */
final class TlsHandlers {

    /** How long the farewell may take to get out when the peer does not read. */
    private static final long CLOSE_MILLIS = 1000;

    /** Behind the encryption: knows no connection, so one will do. */
    static final ChannelHandler END = new End();

    private TlsHandlers() {}

    /** Sets a handler's limits: of time, where a handshake has that of the login it belongs to, and what its context does not. */
    static SslHandler limited(SslHandler handler, TlsSide side) {
        if (!(handler.engine() instanceof ReferenceCountedOpenSslEngine)) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setNamedGroups(
                    side.groups().stream().map(KeyExchangeGroup::jdkName).toArray(String[]::new));
            handler.engine().setSSLParameters(parameters);
        }
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        return handler;
    }

    /**
     * Makes the end of the encrypted stream the end of the connection, and what goes wrong in it look like any broken
     * connection.
     */
    @ChannelHandler.Sharable
    private static final class End extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
                // behind what has arrived before it
                context.channel().eventLoop().execute(() -> context.channel().close());
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            boolean ours = cause instanceof DecoderException; // nothing but the handlers around here decodes
            context.fireExceptionCaught(ours ? new IOException("TLS: " + Reason.of(cause), cause) : cause);
        }
    }
}
