package dev.weir.proxy.doctor;

import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One message of a server, or the end of the connection.
///
/// @param type see `BackendType`; [#END] at the end
/// @param body what follows the length; not to be changed
@SuppressWarnings("ArrayRecordComponent") // never compared
record ServerMessage(byte type, byte[] body) {

    /// Stands for the end of the connection.
    static final byte END = 0;

    FieldReader reader() {
        return new FieldReader(Unpooled.wrappedBuffer(body));
    }

    PgError error() {
        return PgError.read(Unpooled.wrappedBuffer(body), 0, body.length);
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
}
