package dev.weir.proxy.client;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notifications that one client cannot get now: it is in a transaction, gets an answer, or does not read. Confined to the
 * client's event loop.
 */
final class NotificationQueue {

    /** So many bytes may wait for one client; their messages are shared with other clients that wait for them too. */
    static final int BYTES_MAX = 1 << 20;

    /** What one entry costs beside its message. */
    private static final int ENTRY_BYTES = 32;

    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Entry(byte[] message, @Nullable String unsure) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private int bytes;
    private int unsure;

    /**
     * Appends.
     *
     * @param unsureChannel the channel if the client's LISTEN has not been committed, else null
     * @return false if too much waits already
     */
    boolean add(byte[] message, @Nullable String unsureChannel) {
        int cost = message.length + ENTRY_BYTES;
        if (bytes + cost > BYTES_MAX) {
            return false;
        }
        bytes += cost;
        entries.add(new Entry(message, unsureChannel));
        if (unsureChannel != null) {
            unsure++;
        }
        return true;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The next that is sure, null if there is none. */
    byte @Nullable [] poll() {
        Entry next = entries.peek();
        if (next == null || next.unsure != null) {
            return null;
        }
        entries.remove();
        bytes -= next.message.length + ENTRY_BYTES;
        return next.message;
    }

    /** It is known which channels the client listens on: what came on others before is dropped. */
    void settle(Set<String> listening) {
        if (unsure == 0) {
            return;
        }
        List<Entry> all = List.copyOf(entries);
        clear();
        for (Entry entry : all) {
            if (entry.unsure == null || listening.contains(entry.unsure)) {
                add(entry.message, null);
            }
        }
    }

    void clear() {
        entries.clear();
        bytes = 0;
        unsure = 0;
    }
}
