package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/// Tells RowDescriptions apart by what PostgreSQL compares when it says "cached plan must not change result type": the
/// columns' names, types and type modifiers, and not the tables that they come from, nor the formats.
public final class RowShape {
    /// No rows: NoData.
    public static final int NONE = 0;

    private RowShape() {}

    /// A hash over the body of a RowDescription.
    ///
    /// @throws ProtocolViolation if it is none
    public static int of(ByteBuf in, int start, int length) {
        FieldReader body = new FieldReader(in, start, length);
        int columns = body.count();
        int hash = columns + 1;
        for (int i = 0; i < columns; i++) {
            int name = body.position();
            int nameLength = body.skipCString();
            hash = 31 * hash + ByteBufUtil.hashCode(in.slice(name, nameLength));
            body.skip(4 + 2); // table and column
            hash = 31 * hash + body.int32();
            body.skip(2); // length
            hash = 31 * hash + body.int32();
            body.skip(2); // format
        }
        return hash;
    }
}
