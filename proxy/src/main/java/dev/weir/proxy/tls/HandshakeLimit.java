package dev.weir.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;

/**
 * In front of the encryption: lets only so many bytes in before the handshake has ended. While one of its computations runs
 * elsewhere, what arrives is kept, and a stranger could send more than there is memory. Confined to its event loop.
 */
final class HandshakeLimit extends ChannelInboundHandlerAdapter {

    /** More than the longest chain of certificates that is taken, and a startup packet behind it. */
    private static final int BYTES_MAX = 256 << 10;

    private int taken;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        SslHandler encryption = context.pipeline().get(SslHandler.class);
        if (encryption != null && encryption.handshakeFuture().isDone()) {
            context.pipeline().remove(this);
        } else if (message instanceof ByteBuf bytes) {
            taken += bytes.readableBytes();
            if (taken > BYTES_MAX) {
                ReferenceCountUtil.release(message);
                context.fireUserEventTriggered(new SslHandshakeCompletionEvent(
                        new SSLException("too much data before the handshake has ended")));
                context.close();
                return;
            }
        }
        context.fireChannelRead(message);
    }
}
