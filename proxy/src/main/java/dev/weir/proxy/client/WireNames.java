package dev.weir.proxy.client;

import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Reads names of statements and portals where they lie in messages that may not have arrived completely. */
final class WireNames {

    /** Names are identifiers; PostgreSQL itself cuts them nowhere near this. */
    private static final int BYTES_MAX = 64 << 10;

    private static final byte[] OURS = bytes(PreparedStatement.NAME_PREFIX);

    private WireNames() {}

    /** Length of the string at {@code start}, or -1 if its end has not arrived. */
    static int length(ByteBuf in, int start, int length, int available) {
        int zero = available <= 0 ? -1 : in.indexOf(start, start + available, (byte) 0);
        if (zero >= 0) {
            return zero - start;
        }
        if (available >= length) {
            throw new ProtocolViolation("invalid string in message");
        }
        requireShort(available);
        return -1;
    }

    /** A message that holds a name and little else must not be longer than this. */
    static void requireShort(int bytes) {
        if (bytes > BYTES_MAX) {
            throw new ProtocolViolation(
                    PgError.fatal(SqlState.PROGRAM_LIMIT_EXCEEDED, "name of a statement or portal is too long"));
        }
    }

    /** A name that SQL gives as it stands in messages. */
    static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a name is one of those under which servers know shared statements. */
    static boolean isOurs(ByteBuf in, int start, int length) {
        if (length < OURS.length) {
            return false;
        }
        for (int i = 0; i < OURS.length; i++) {
            if (in.getByte(start + i) != OURS[i]) {
                return false;
            }
        }
        return true;
    }

    /** In place of such a name, when a client uses it as its own: one like it that no server knows. */
    static byte[] nobodys(ByteBuf in, int start, int length) {
        byte[] name = bytes(in, start, length);
        name[0] = (byte) Character.toUpperCase(name[0]);
        return name;
    }

    /** A copy. */
    static byte[] bytes(ByteBuf in, int start, int length) {
        byte[] copy = new byte[length];
        in.getBytes(start, copy);
        return copy;
    }
}
