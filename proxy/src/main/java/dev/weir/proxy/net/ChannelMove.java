package dev.weir.proxy.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.function.BooleanSupplier;

/**
 * Takes a channel, open and with nothing under way, from its event loop to another one. It is not read on its way, and what has
 * been written goes out before it leaves: under io_uring both are orders given to the kernel, which must not be repeated while
 * they are being taken back, or the channel would never leave.
 */
public final class ChannelMove {

    private ChannelMove() {}

    /**
     * Begins; to be called on the channel's loop. What the channel has already received may still be read there.
     *
     * @param left runs on the old loop when no loop has the channel; says whether it is to go on
     * @param arrived runs on the new loop, unless that has been stopped meanwhile; the channel is read again as before
     */
    public static void begin(Channel channel, EventLoop next, BooleanSupplier left, Runnable arrived) {
        boolean read = channel.config().isAutoRead();
        channel.config().setAutoRead(false);
        written(channel)
                .addListener(written -> channel.deregister().addListener(off -> {
                    if (left.getAsBoolean()) {
                        next.register(channel).addListener(on -> {
                            if (!on.isSuccess() && next.isShuttingDown()) {
                                return; // the pooler ends, and Netty has closed the channel
                            }
                            channel.config().setAutoRead(read);
                            arrived.run();
                        });
                    }
                }));
    }

    /** Completes when the kernel has all that was written, or nobody can have it any more. */
    private static ChannelFuture written(Channel channel) {
        ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
        return unwritten == null || unwritten.isEmpty()
                ? channel.newSucceededFuture()
                : channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
}
