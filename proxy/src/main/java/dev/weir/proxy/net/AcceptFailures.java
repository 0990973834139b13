package dev.weir.proxy.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when a connection cannot be accepted, as it happens when descriptors run out. Netty itself then stops accepting for a
 * second and goes on. Said once per pause at most.
 */
@ChannelHandler.Sharable
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final Logger LOGGER = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long SILENCE_NANOS = 1_000_000_000L;

    private volatile long saidNanos = System.nanoTime() - SILENCE_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        long now = System.nanoTime();
        if (now - saidNanos >= SILENCE_NANOS) {
            saidNanos = now;
            LOGGER.error("accept() failed: {}", cause.getMessage());
        }
        context.fireExceptionCaught(cause);
    }
}
