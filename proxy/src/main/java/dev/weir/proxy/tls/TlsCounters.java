package dev.weir.proxy.tls;

import java.util.concurrent.atomic.LongAdder;

/** What has been counted about TLS since the start. Thread-safe. */
public final class TlsCounters {

    private final LongAdder clientFailures = new LongAdder();
    private final LongAdder serverFailures = new LongAdder();

    void onClientHandshakeFailed() {
        clientFailures.increment();
    }

    void onServerHandshakeFailed() {
        serverFailures.increment();
    }

    /** Handshakes with clients that have failed. */
    public long clientHandshakeFailures() {
        return clientFailures.sum();
    }

    /** Handshakes with servers that have failed. */
    public long serverHandshakeFailures() {
        return serverFailures.sum();
    }
}
