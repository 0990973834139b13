package dev.weir.proxy.notify;

import dev.weir.proxy.wire.PgError;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The clients of one event loop that listen on one channel of one pool. Confined to that loop. */
final class LoopChannel {

    private final String name;
    private final Set<ChannelListener> members = new LinkedHashSet<>();
    private final Set<ChannelListener> waiting = new LinkedHashSet<>();
    private boolean confirmed;

    LoopChannel(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Whether PostgreSQL listens on it: then only what has been under way before keeps the listener waiting. */
    boolean add(ChannelListener listener) {
        waiting.add(listener);
        return confirmed;
    }

    /** What was under way when the listener was added has been handed out. */
    void admit(ChannelListener listener) {
        if (confirmed && waiting.remove(listener)) {
            members.add(listener);
            listener.onJoined(name, null);
        }
    }

    /** Answers whether nobody is left. */
    boolean remove(ChannelListener listener) {
        members.remove(listener);
        waiting.remove(listener);
        return isEmpty();
    }

    boolean isEmpty() {
        return members.isEmpty() && waiting.isEmpty();
    }

    Set<ChannelListener> members() {
        return members;
    }

    void onConfirmed() {
        confirmed = true;
        List<ChannelListener> joined = List.copyOf(waiting);
        waiting.clear();
        members.addAll(joined);
        joined.forEach(listener -> listener.onJoined(name, null));
    }

    /** The listening connection is gone: who comes now has to wait until it stands again. */
    void onLost() {
        confirmed = false;
    }

    /** Everybody hears, in the order in which they came; who has left meanwhile does not. */
    void deliver(byte[] message) {
        for (ChannelListener listener : members.toArray(ChannelListener[]::new)) {
            if (members.contains(listener)) {
                listener.onNotification(name, message);
            }
        }
    }

    void refuse(PgError error) {
        List<ChannelListener> refused = List.copyOf(waiting);
        waiting.clear();
        refused.forEach(listener -> listener.onJoined(name, error));
    }
}
