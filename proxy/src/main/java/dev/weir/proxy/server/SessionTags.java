package dev.weir.proxy.server;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The command tags of CommandComplete that tell what becomes of the session or the transaction ("Message Formats"). */
final class SessionTags {

    private SessionTags() {}

    /** Tags that say something of the session or the transaction; the others are told apart by two bytes. */
    static @Nullable String read(ByteBuf in, int start, int length) {
        if (length < 6) {
            return null;
        }
        return switch (in.getShort(start)) {
            case 'C' << 8 | 'O' -> tag("COMMIT", in, start, length);
            case 'L' << 8 | 'I' -> tag("LISTEN", in, start, length);
            case 'U' << 8 | 'N' -> tag("UNLISTEN", in, start, length);
            case 'R' << 8 | 'O' -> tag("ROLLBACK", in, start, length);
            case 'R' << 8 | 'E' -> tag("RESET", in, start, length);
            case 'D' << 8 | 'I' -> tag("DISCARD ALL", in, start, length);
            case 'D' << 8 | 'E' -> tag("DEALLOCATE ALL", in, start, length);
            default -> null;
        };
    }

    /** The tag if it is this one, with its terminator. */
    private static @Nullable String tag(String tag, ByteBuf in, int start, int length) {
        if (length != tag.length() + 1) {
            return null;
        }
        for (int i = 0; i < tag.length(); i++) {
            if (in.getByte(start + i) != tag.charAt(i)) {
                return null;
            }
        }
        return tag;
    }
}
