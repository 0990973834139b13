package dev.weir.proxy.notify;

import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.StringJoiner;

/** The texts and messages of listening. Thread-safe. */
final class Notifications {

    private Notifications() {}

    /** Of a NotificationResponse's body: int32 pid, str channel, str payload. */
    static String channel(ByteBuf in, int bodyStart, int bodyLength) {
        FieldReader body = new FieldReader(in, bodyStart, bodyLength);
        body.int32();
        return body.cStringLossy();
    }

    /** Of the same. */
    static int pid(ByteBuf in, int bodyStart, int bodyLength) {
        return new FieldReader(in, bodyStart, bodyLength).int32();
    }

    /** The whole message, naming another pid. */
    static byte[] message(ByteBuf in, int bodyStart, int bodyLength, int pid) {
        byte[] message = new byte[MessageFramer.HEADER_BYTES + bodyLength];
        in.getBytes(bodyStart, message, MessageFramer.HEADER_BYTES, bodyLength);
        ByteBuffer.wrap(message)
                .put(BackendType.NOTIFICATION_RESPONSE)
                .putInt(4 + bodyLength)
                .putInt(pid);
        return message;
    }

    /** One text that ends and begins listening. */
    static String sql(Collection<String> unlisten, Collection<String> listen) {
        StringJoiner sql = new StringJoiner(";");
        unlisten.forEach(channel -> sql.add("UNLISTEN " + quoted(channel)));
        listen.forEach(channel -> sql.add("LISTEN " + quoted(channel)));
        return sql.toString();
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
