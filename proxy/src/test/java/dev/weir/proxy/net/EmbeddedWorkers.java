package dev.weir.proxy.net;

import io.netty.channel.embedded.EmbeddedChannel;

/** Workers whose event loop is the thread of the test. */
public final class EmbeddedWorkers {

    private EmbeddedWorkers() {}

    /** A worker on the loop of a channel. */
    public static Worker of(EmbeddedChannel channel) {
        return new Worker(0, channel.eventLoop());
    }
}
