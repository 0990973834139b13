package dev.weir.proxy.net;

import io.netty.channel.embedded.EmbeddedChannel;

/** Workers whose event loop is the thread of the test. */
public final class EmbeddedWorkers {

    private EmbeddedWorkers() {}

    /** The only worker, on the loop of a channel. */
    public static Worker of(EmbeddedChannel channel) {
        return of(0, channel);
    }

    /** One of several workers, on the loop of a channel. */
    public static Worker of(int index, EmbeddedChannel channel) {
        return new Worker(index, channel.eventLoop());
    }
}
