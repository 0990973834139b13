package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.FieldReader;

/// What a NotificationResponse says, apart from the process that it comes from.
record Notification(String channel, String payload) {

    static Notification read(FieldReader body) {
        body.int32();
        return new Notification(body.cStringLossy(), body.cStringLossy());
    }
}
