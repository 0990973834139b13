package dev.weir.proxy.admin;

import dev.weir.console.port.BufferSnapshot;
import dev.weir.proxy.relay.BytesInFlight;

/// Bytes in flight as `SHOW SOCKETS` shows them.
final class Buffers {

    private Buffers() {}

    static BufferSnapshot of(BytesInFlight bytes) {
        return new BufferSnapshot(
                bytes.held(),
                Math.clamp(bytes.streaming(), 0, Integer.MAX_VALUE),
                Math.clamp(bytes.unsent(), 0, Integer.MAX_VALUE));
    }
}
