package dev.weir.proxy.app;

import dev.weir.proxy.net.DescriptorStream;
import dev.weir.proxy.wire.AuthenticationCode;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A session on the console of the process that runs already, over its Unix socket, where its own user needs no
/// password. Confined to one thread; blocks.
final class OldConsole implements AutoCloseable {

    private static final String CONSOLE = "pgbouncer";
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int MESSAGE_MAX = 1 << 24;
    private static final int HEADER_BYTES = 5;

    private final DescriptorStream stream;
    private final ByteBuf received = Unpooled.buffer(CHUNK_BYTES);

    private OldConsole(DescriptorStream stream) {
        this.stream = stream;
    }

    /// What a command was answered.
    ///
    /// @param rows values as text
    /// @param descriptors those that came along, owned by the caller
    record Answer(List<List<@Nullable String>> rows, List<Integer> descriptors) {}

    /// Logs in. Owns the stream; it is closed when that fails.
    ///
    /// @throws IOException with a message for the operator
    static OldConsole open(DescriptorStream stream) throws IOException {
        OldConsole console = new OldConsole(stream);
        try {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("user", CONSOLE);
            parameters.put("database", CONSOLE);
            ByteBuf startup = Unpooled.buffer();
            Messages.startup(startup, Messages.PROTOCOL_3_0, parameters);
            stream.write(ByteBufUtil.getBytes(startup));
            console.readAnswer();
            return console;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    /// Gives a command and waits for its answer.
    ///
    /// @throws IOException if it is refused, or the connection breaks
    Answer ask(String command) throws IOException {
        ByteBuf query = Unpooled.buffer();
        Messages.query(query, command);
        stream.write(ByteBufUtil.getBytes(query));
        return readAnswer();
    }

    private Answer readAnswer() throws IOException {
        List<List<@Nullable String>> rows = new ArrayList<>();
        PgError error = null;
        try {
            while (true) {
                byte type = awaitMessage();
                int length = received.getInt(received.readerIndex() + 1) - Integer.BYTES;
                received.skipBytes(HEADER_BYTES);
                FieldReader body = new FieldReader(received, received.readerIndex(), length);
                switch (type) {
                    case BackendType.AUTHENTICATION -> checkWelcome(body);
                    case BackendType.DATA_ROW -> rows.add(row(body));
                    case BackendType.ERROR_RESPONSE -> {
                        error = PgError.read(received, received.readerIndex(), length);
                        if (error.endsSession()) {
                            throw new IOException(error.message());
                        }
                    }
                    case BackendType.READY_FOR_QUERY -> {
                        received.skipBytes(length);
                        if (error != null) {
                            throw new IOException(error.message());
                        }
                        return new Answer(rows, stream.takeDescriptors());
                    }
                    default -> {}
                }
                received.skipBytes(length);
            }
        } catch (ProtocolViolation violation) {
            throw new IOException("it does not speak as PostgreSQL does: " + violation.getMessage(), violation);
        }
    }

    private static void checkWelcome(FieldReader body) throws IOException {
        if (body.int32() != AuthenticationCode.OK) {
            throw new IOException("it asks for a password, so it does not take this process for its own user's");
        }
    }

    private static List<@Nullable String> row(FieldReader body) {
        List<@Nullable String> values = new ArrayList<>();
        int count = body.int16();
        for (int i = 0; i < count; i++) {
            int length = body.int32();
            values.add(length < 0 ? null : new String(body.bytes(length), StandardCharsets.UTF_8));
        }
        return values;
    }

    /// Reads until a whole message is there.
    ///
    /// @return its type
    private byte awaitMessage() throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        received.discardReadBytes();
        while (!hasMessage()) {
            int count = stream.read(chunk);
            if (count == 0) {
                throw new IOException("it has closed the connection");
            }
            received.writeBytes(chunk, 0, count);
        }
        return received.getByte(received.readerIndex());
    }

    private boolean hasMessage() throws IOException {
        if (received.readableBytes() < HEADER_BYTES) {
            return false;
        }
        int length = received.getInt(received.readerIndex() + 1);
        if (length < Integer.BYTES || length > MESSAGE_MAX) {
            throw new IOException("it does not speak as PostgreSQL does: a message of " + length + " bytes");
        }
        return received.readableBytes() > length;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
