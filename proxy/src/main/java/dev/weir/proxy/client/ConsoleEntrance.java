package dev.weir.proxy.client;

import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.wire.PgError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/** The way into the admin console, for logins to the virtual database. Thread-safe. */
public interface ConsoleEntrance {

    /** Name of the virtual database. */
    String DATABASE = "pgbouncer";

    /** What a user may do there. */
    enum Rank {
        /** Everything. */
        ADMIN,
        /** SHOW. */
        STATS
    }

    /** What {@code user} may do, or null for nothing: then it is refused before it is asked for a password. */
    @Nullable
    Rank rankOf(String user);

    /**
     * Takes over the connection of a user who has logged in: sends the welcome, from AuthenticationOk to the first
     * ReadyForQuery, and answers from then on.
     *
     * @param login the handler to be replaced in the channel's pipeline
     * @param listener hears what becomes of the session
     */
    void enter(Channel channel, ChannelHandler login, String user, Rank rank, CancelKey key, Listener listener);

    /** Hears what becomes of a session. Called on its event loop. */
    interface Listener {

        /** The user is told this. */
        void onError(PgError error);

        /** The connection has ended. */
        void onClosed(String reason);
    }
}
