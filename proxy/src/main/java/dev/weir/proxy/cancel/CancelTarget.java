package dev.weir.proxy.cancel;

import dev.weir.proxy.net.Worker;

/** Somebody whose running query can be cancelled by key. */
public interface CancelTarget {

    /** Its key. */
    CancelKey cancelKey();

    /** Where it lives. */
    Worker worker();

    /**
     * Somebody has shown the key. Called on its worker.
     *
     * @param delivered runs once, on any thread, when the request can no longer hit anything new
     */
    void onCancelRequest(Runnable delivered);
}
