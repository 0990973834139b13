package dev.weir.proxy.pool;

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
