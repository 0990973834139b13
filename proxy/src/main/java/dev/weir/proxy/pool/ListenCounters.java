package dev.weir.proxy.pool;

import java.util.concurrent.atomic.AtomicLong;

/** What the clients of a pool listen on, in numbers. Thread-safe. */
public final class ListenCounters {

    private final AtomicLong notifications = new AtomicLong();
    private volatile int channels;

    /** So many channels are listened on now. */
    public void channelsAre(int now) {
        channels = now;
    }

    /** A notification has come for one of them. */
    public void count() {
        notifications.incrementAndGet();
    }

    /** Channels that somebody listens on. */
    public int channels() {
        return channels;
    }

    /** Notifications that have come. */
    public long notifications() {
        return notifications.get();
    }
}
