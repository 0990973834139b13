package dev.weir.proxy.admin;

import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a server sent, a line for each message, for people to read and tests to compare.
final class Transcript {

    private Transcript() {}

    /// Takes every message out of the buffer and releases it.
    static List<String> of(ByteBuf sent) {
        List<String> lines = new ArrayList<>();
        try {
            while (sent.isReadable()) {
                byte type = sent.readByte();
                int length = sent.readInt() - Integer.BYTES;
                lines.add(line(type, sent, sent.readerIndex(), length));
                sent.skipBytes(length);
            }
        } finally {
            sent.release();
        }
        return lines;
    }

    private static String line(byte type, ByteBuf sent, int start, int length) {
        FieldReader body = new FieldReader(sent, start, length);
        return switch (type) {
            case BackendType.ROW_DESCRIPTION -> "RowDescription" + columns(body);
            case BackendType.DATA_ROW -> "DataRow" + values(body);
            case BackendType.COMMAND_COMPLETE -> "CommandComplete " + body.cString();
            case BackendType.READY_FOR_QUERY -> "ReadyForQuery " + (char) body.int8();
            case BackendType.ERROR_RESPONSE, BackendType.NOTICE_RESPONSE -> {
                PgError error = PgError.read(sent, start, length);
                yield error.severity() + " " + error.sqlState() + " " + error.message();
            }
            case BackendType.PARAMETER_DESCRIPTION -> "ParameterDescription " + body.count();
            default -> BackendType.name(type);
        };
    }

    private static String columns(FieldReader body) {
        StringBuilder line = new StringBuilder();
        for (int left = body.count(); left > 0; left--) {
            line.append(' ').append(body.cString());
            body.skip(6);
            line.append(':').append(body.int32());
            body.skip(6);
            line.append(body.int16() == 1 ? "b" : "t");
        }
        body.end();
        return line.toString();
    }

    private static String values(FieldReader body) {
        StringBuilder line = new StringBuilder();
        for (int left = body.count(); left > 0; left--) {
            int length = body.int32();
            line.append(' ').append(length < 0 ? "NULL" : new String(body.bytes(length), StandardCharsets.ISO_8859_1));
        }
        body.end();
        return line.toString();
    }
}
