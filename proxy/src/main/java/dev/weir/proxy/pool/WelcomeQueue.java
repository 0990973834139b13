package dev.weir.proxy.pool;

import dev.weir.proxy.wire.PgError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Logins that wait to learn from a first server what clients of a pool are welcomed with. Confined to one event loop, but for
 * {@link #sinceNanos()}.
 */
final class WelcomeQueue {

    private final List<Consumer<@Nullable PgError>> callbacks = new ArrayList<>();
    private volatile long sinceNanos = Long.MAX_VALUE;

    /**
     * Calls back when the wait is over, with an error if there will be no welcome.
     *
     * @return to be run by who does not wait any more
     */
    Runnable add(Consumer<@Nullable PgError> callback) {
        if (callbacks.isEmpty()) {
            sinceNanos = System.nanoTime();
        }
        callbacks.add(callback);
        return () -> remove(callback);
    }

    private void remove(Consumer<@Nullable PgError> callback) {
        callbacks.remove(callback);
        if (callbacks.isEmpty()) {
            sinceNanos = Long.MAX_VALUE;
        }
    }

    /** Ends everybody's wait, with an error if there will be no welcome. */
    void complete(@Nullable PgError error) {
        List<Consumer<@Nullable PgError>> all = List.copyOf(callbacks);
        callbacks.clear();
        sinceNanos = Long.MAX_VALUE;
        all.forEach(callback -> callback.accept(error));
    }

    boolean isEmpty() {
        return callbacks.isEmpty();
    }

    /** Since when somebody waits, {@link Long#MAX_VALUE} when nobody does. Readable on any thread. */
    long sinceNanos() {
        return sinceNanos;
    }
}
