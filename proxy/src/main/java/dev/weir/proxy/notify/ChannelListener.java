package dev.weir.proxy.notify;

import dev.weir.proxy.wire.PgError;
import org.jspecify.annotations.Nullable;

/** One client that listens on channels. Called on the event loop that it lives on. */
public interface ChannelListener {

    /**
     * PostgreSQL has confirmed that the channel is listened on, or has refused to.
     *
     * @param error why not; the listener is not a member of the channel then
     */
    void onJoined(String channel, @Nullable PgError error);

    /**
     * A notification on a channel it is a member of.
     *
     * @param message the whole NotificationResponse, shared with others and not to be changed
     */
    void onNotification(String channel, byte[] message);

    /** The listening connection was lost and stands again: what was notified meanwhile is lost. */
    void onGap();
}
