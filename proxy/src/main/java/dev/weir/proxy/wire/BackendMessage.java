package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One whole message of a server, for clients of our own that read one after the other and may block. What is passed on
/// never
/// becomes one. Immutable.
///
/// @param type see [BackendType]; [#END] when the connection has ended
/// @param body what follows the length; not to be changed
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BackendMessage(byte type, byte[] body) {

    /// Stands for the end of the connection.
    public static final byte END = 0;

    /// The body, to be read from its beginning.
    public FieldReader reader() {
        return new FieldReader(Unpooled.wrappedBuffer(body));
    }

    /// What an ErrorResponse or a NoticeResponse says.
    public PgError error() {
        ByteBuf buffer = Unpooled.wrappedBuffer(body);
        return PgError.read(buffer, 0, body.length);
    }

    /// The values of a DataRow.
    public List<@Nullable String> columns() {
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
    public String tag() {
        return reader().cStringLossy();
    }

    /// Whether it may come at any time, whatever was asked.
    public boolean isAsynchronous() {
        return type == BackendType.NOTICE_RESPONSE
                || type == BackendType.NOTIFICATION_RESPONSE
                || type == BackendType.PARAMETER_STATUS;
    }
}
