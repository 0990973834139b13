package dev.weir.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.function.BooleanSupplier;

/**
 * Takes a channel, open and with nothing under way, from its event loop to another one. Not under io_uring, where what the old
 * loop has been asked to read may never be given back.
 */
public final class ChannelMove {

    private ChannelMove() {}

    /**
     * Begins; to be called on the channel's loop. What the channel has already received may still be read there.
     *
     * @param left runs on the old loop when no loop has the channel; says whether it is to go on
     * @param arrived runs on the new loop, unless that has been stopped meanwhile
     */
    public static void begin(Channel channel, EventLoop next, BooleanSupplier left, Runnable arrived) {
        channel.deregister().addListener(off -> {
            if (left.getAsBoolean()) {
                next.register(channel).addListener(on -> {
                    if (!on.isSuccess() && next.isShuttingDown()) {
                        return; // the pooler ends, and Netty has closed the channel
                    }
                    arrived.run();
                });
            }
        });
    }
}
