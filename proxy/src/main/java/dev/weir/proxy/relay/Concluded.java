package dev.weir.proxy.relay;

import org.jspecify.annotations.Nullable;

/** Wants to know when everything up to a Sync has been answered. Noted in place of an {@link Undo}. */
public interface Concluded extends Undo {

    /** The ReadyForQuery has come. Called on the event loop. */
    void onConcluded();

    /** Tells whoever was noted, if it wants to know. */
    static void conclude(@Nullable Undo noted) {
        if (noted instanceof Concluded concluded) {
            concluded.onConcluded();
        }
    }
}
