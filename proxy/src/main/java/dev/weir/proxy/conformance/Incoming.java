package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One message of a server.
///
/// @param type see [BackendType]; [#END] when the connection has ended
/// @param body what follows the length; not to be changed
@SuppressWarnings("ArrayRecordComponent") // never compared
record Incoming(byte type, byte[] body) {

    /// Stands for the end of the connection.
    static final byte END = 0;

    FieldReader reader() {
        return new FieldReader(Unpooled.wrappedBuffer(body));
    }

    /// What an ErrorResponse or a NoticeResponse says.
    PgError error() {
        ByteBuf buffer = Unpooled.wrappedBuffer(body);
        return PgError.read(buffer, 0, body.length);
    }

    /// The values of a DataRow.
    List<@Nullable String> columns() {
        FieldReader reader = reader();
        int count = reader.count();
        List<@Nullable String> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = reader.int32();
            columns.add(length < 0 ? null : new String(reader.bytes(length), StandardCharsets.UTF_8));
        }
        return columns;
    }

    /// The tag of a CommandComplete.
    String tag() {
        return reader().cStringLossy();
    }

    /// Whether it may come at any time, whatever was asked.
    boolean isAsynchronous() {
        return type == BackendType.NOTICE_RESPONSE
                || type == BackendType.NOTIFICATION_RESPONSE
                || type == BackendType.PARAMETER_STATUS;
    }
}
