package dev.weir.proxy.client;

import dev.weir.proxy.pool.Pool;

/** What stands between a login's proof and its welcome. Confined to the client's event loop. */
interface Reception {

    /** Goes on now or later. */
    void begin();

    /** Whose clients it would join. */
    Pool pool();

    /** The login has ended, one way or the other. */
    void stop();
}
