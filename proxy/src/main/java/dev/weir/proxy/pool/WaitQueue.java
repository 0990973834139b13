package dev.weir.proxy.pool;

import dev.weir.proxy.server.ServerConnection;
import org.jspecify.annotations.Nullable;

/** Clients waiting for a server, first come first served. Confined to one event loop. */
final class WaitQueue {

    private @Nullable Waiter head;
    private @Nullable Waiter tail;
    private int size;

    void add(Waiter waiter, long nowNanos) {
        waiter.sinceNanos = nowNanos;
        waiter.queued = true;
        waiter.previous = tail;
        if (tail == null) {
            head = waiter;
        } else {
            tail.next = waiter;
        }
        tail = waiter;
        size++;
    }

    /** In front of all others. */
    void addFirst(Waiter waiter, long nowNanos) {
        waiter.sinceNanos = nowNanos;
        waiter.queued = true;
        waiter.next = head;
        if (head == null) {
            tail = waiter;
        } else {
            head.previous = waiter;
        }
        head = waiter;
        size++;
    }

    /** The first who takes this server, null if nobody does. */
    @Nullable
    Waiter firstFor(ServerConnection server) {
        Waiter waiter = head;
        while (waiter != null && !waiter.takes(server)) {
            waiter = waiter.next;
        }
        return waiter;
    }

    /** The first who takes any server, null if there is none. */
    @Nullable
    Waiter firstForAny() {
        Waiter waiter = head;
        while (waiter != null && waiter.choosy) {
            waiter = waiter.next;
        }
        return waiter;
    }

    void remove(Waiter waiter) {
        Waiter previous = waiter.previous;
        Waiter next = waiter.next;
        if (previous == null) {
            head = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            tail = previous;
        } else {
            next.previous = previous;
        }
        waiter.previous = null;
        waiter.next = null;
        waiter.queued = false;
        size--;
    }

    @Nullable
    Waiter first() {
        return head;
    }

    int size() {
        return size;
    }
}
