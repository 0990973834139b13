package dev.weir.proxy.authquery;

import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to {@code auth_query}: two columns, of which the first row counts. Confined to an event loop.
 */
final class AuthQueryReader implements MessageSink {

    /** Room for a name and for the longest secret. */
    private static final int MESSAGE_BYTES_MAX = 1 << 17;

    private static final int COLUMNS = 2;
    private static final int NULL_LENGTH = -1;
    private static final byte[] ASK_ALL = askAll();

    private final MessageFramer framer;
    private boolean released;
    private int columns;
    private boolean tooLong;
    private @Nullable PgError error;
    private @Nullable AuthAnswer row;

    AuthQueryReader(ByteBufAllocator allocator) {
        framer = new MessageFramer(this, allocator, ASK_ALL);
    }

    private static byte[] askAll() {
        byte[] table = new byte[256];
        Arrays.fill(table, MessageFramer.ASK);
        return table;
    }

    /** Takes the next bytes; owns them. */
    void read(ByteBuf run) {
        if (released) {
            run.release();
        } else {
            framer.read(run);
        }
    }

    void release() {
        if (!released) {
            released = true;
            framer.release();
        }
    }

    /** Whether there is no sense in reading on. */
    boolean isTooLong() {
        return tooLong;
    }

    /** What it comes to, after the last message. */
    AuthAnswer answer() {
        PgError refused = error;
        if (refused != null) {
            return new AuthAnswer.Failed(refused.message(), null);
        }
        if (tooLong) {
            return new AuthAnswer.Failed("the answer is too long", null);
        }
        if (columns != COLUMNS) {
            return new AuthAnswer.Failed("expected two columns, got " + columns, null);
        }
        return row == null ? new AuthAnswer.NoSuchUser() : row;
    }

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        boolean wanted = type == BackendType.ROW_DESCRIPTION
                || type == BackendType.DATA_ROW
                || type == BackendType.ERROR_RESPONSE;
        if (!wanted) {
            return DISCARD;
        }
        if (bodyLength > MESSAGE_BYTES_MAX) {
            tooLong = true;
            return DISCARD;
        }
        if (available < bodyLength) {
            return NEED_MORE;
        }
        switch (type) {
            case BackendType.ROW_DESCRIPTION -> columns = new FieldReader(in, bodyStart, bodyLength).count();
            case BackendType.ERROR_RESPONSE -> error = PgError.read(in, bodyStart, bodyLength);
            default -> onRow(new FieldReader(in, bodyStart, bodyLength));
        }
        return DISCARD;
    }

    // DataRow: | int16 columns | int32 length or -1 | bytes | …
    private void onRow(FieldReader body) {
        if (row != null || body.count() != COLUMNS) {
            return;
        }
        String user = text(body);
        String secret = text(body);
        row = user == null || user.isEmpty()
                ? new AuthAnswer.Failed("the user's name is null", null)
                : AuthQueryRun.found(user, secret);
    }

    private static @Nullable String text(FieldReader body) {
        int length = body.int32();
        return length == NULL_LENGTH ? null : new String(body.bytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public void onRun(ByteBuf run) {
        run.release(); // every message is discarded once it was understood
    }
}
