package dev.weir.proxy.notify;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.wire.PgError;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The channels that the clients of one event loop listen on in one pool: they join and leave here, and here each notification
 * is handed out to all of them. Confined to that loop.
 */
public final class LoopChannels {

    private final ListenHub hub;
    private final Worker worker;
    private final Map<String, LoopChannel> channels = new HashMap<>();

    LoopChannels(ListenHub hub, Worker worker) {
        this.hub = hub;
        this.worker = worker;
    }

    /** The event loop. */
    Worker worker() {
        return worker;
    }

    /**
     * Makes the listener a member of the channel, from when {@link ChannelListener#onJoined} is called: it hears nothing of
     * what was notified before this call.
     */
    public void join(String channel, ChannelListener listener) {
        LoopChannel known = channels.get(channel);
        if (known == null) {
            LoopChannel created = new LoopChannel(channel);
            channels.put(channel, created);
            created.add(listener);
            hub.want(worker.index(), created);
        } else if (known.add(listener)) {
            whenCaughtUp(() -> known.admit(listener));
        }
    }

    /** The listener is not a member any more, and does not want to be. */
    public void leave(String channel, ChannelListener listener) {
        LoopChannel known = channels.get(channel);
        if (known != null && known.remove(listener)) {
            channels.remove(channel);
            hub.forgo(worker.index(), known);
        }
    }

    /** Calls back when everything is handed out that PostgreSQL has committed before this call. */
    public void whenCaughtUp(Runnable callback) {
        hub.whenCaughtUp(() -> ListenHub.execute(worker, callback));
    }

    /** Those who wait for the channel hear that they wait in vain. */
    void refuse(LoopChannel channel, PgError error) {
        channel.refuse(error);
        if (channel.isEmpty() && channels.remove(channel.name(), channel)) {
            hub.forgo(worker.index(), channel);
        }
    }

    /** The listening connection is gone. */
    void onLost() {
        channels.values().forEach(LoopChannel::onLost);
    }

    /** It stands again: each client hears once that it may have missed something. */
    void onRestored() {
        Set<ChannelListener> all = Collections.newSetFromMap(new IdentityHashMap<>());
        channels.values().forEach(channel -> all.addAll(channel.members()));
        List.copyOf(all).forEach(ChannelListener::onGap);
    }
}
