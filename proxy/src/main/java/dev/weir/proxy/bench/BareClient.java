package dev.weir.proxy.bench;

import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.auth.ServerAuthentication;
import dev.weir.proxy.auth.ServerAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.Map;

/// A client that does next to nothing with what it gets: for what pgbench cannot do. For one thread; blocks, and an
/// interrupt closes it.
final class BareClient implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ScramKeyCache KEYS = new ScramKeyCache(8, RANDOM);

    private static final int LENGTH_BYTES = 4;
    private static final int HEADER_BYTES = 1 + LENGTH_BYTES;
    private static final int SMALL_BUFFER_BYTES = 16 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer in;

    private byte type;
    private int bodyLeft;

    private BareClient(SocketChannel channel, ByteBuffer in) {
        this.channel = channel;
        this.in = in.clear().flip();
    }

    /// Logs in.
    ///
    /// @param buffer for what arrives; clients of one thread that wait for nothing at the same time may share it
    /// @throws IOException if nobody answers, or with an error
    static BareClient connect(Endpoint endpoint, ByteBuffer buffer) throws IOException {
        SocketChannel channel = SocketChannel.open(endpoint.address());
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            BareClient client = new BareClient(channel, buffer);
            client.logIn(endpoint);
            return client;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void logIn(Endpoint endpoint) throws IOException {
        ByteBuf out = Unpooled.buffer();
        Messages.startup(
                out,
                Messages.PROTOCOL_3_0,
                Map.of("user", endpoint.user(), "database", endpoint.database(), "application_name", "weir bench"));
        write(out);
        ServerAuthentication login = new ServerAuthentication(
                endpoint.user(), new StoredSecret.Plaintext(endpoint.password()), null, KEYS, RANDOM);
        next();
        while (type != BackendType.READY_FOR_QUERY) {
            if (type == BackendType.AUTHENTICATION) {
                answer(login);
            } else {
                passOver();
            }
            next();
        }
        passOver();
    }

    private void answer(ServerAuthentication login) throws IOException {
        ByteBuf out = Unpooled.buffer();
        Outcome outcome = login.onAuthentication(Unpooled.wrappedBuffer(body()), out);
        if (outcome instanceof Outcome.Derive derive) {
            derive.work().run();
            outcome = login.resume(out);
        }
        if (outcome instanceof Outcome.Failure failure) {
            throw new IOException(failure.reason());
        }
        write(out);
    }

    /// Sends a Query and takes all of its answer.
    ///
    /// @return how many bytes of rows or copied data came
    /// @throws IOException if the connection breaks or the server answers with an error
    long query(String sql) throws IOException {
        ByteBuf out = Unpooled.buffer();
        Messages.query(out, sql);
        write(out);
        return takeAnswer();
    }

    /// Copies data in: sends the same batch of CopyData messages again and again.
    ///
    /// @throws IOException if the connection breaks or the server answers with an error
    void copyIn(String sql, ByteBuf batch, int times) throws IOException {
        ByteBuf out = Unpooled.buffer();
        Messages.query(out, sql);
        write(out);
        next();
        if (type != BackendType.COPY_IN_RESPONSE) {
            throw new IOException("the server did not begin to copy");
        }
        passOver();
        for (int i = 0; i < times; i++) {
            write(batch);
        }
        out.clear();
        Messages.copyDone(out);
        write(out);
        takeAnswer();
    }

    private long takeAnswer() throws IOException {
        long bytes = 0;
        next();
        while (type != BackendType.READY_FOR_QUERY) {
            if (type == BackendType.DATA_ROW || type == BackendType.COPY_DATA) {
                bytes += bodyLeft;
            }
            passOver();
            next();
        }
        passOver();
        return bytes;
    }

    /// The header of the next message that is no error.
    private void next() throws IOException {
        fill(HEADER_BYTES);
        type = in.get();
        bodyLeft = in.getInt() - LENGTH_BYTES;
        if (type == BackendType.ERROR_RESPONSE) {
            throw new IOException(errorText());
        }
    }

    private String errorText() throws IOException {
        byte[] body = body();
        return PgError.read(Unpooled.wrappedBuffer(body), 0, body.length).message();
    }

    private byte[] body() throws IOException {
        byte[] body = new byte[bodyLeft];
        fill(bodyLeft);
        in.get(body);
        bodyLeft = 0;
        return body;
    }

    private void passOver() throws IOException {
        while (bodyLeft > 0) {
            if (!in.hasRemaining()) {
                fill(1);
            }
            int part = Math.min(bodyLeft, in.remaining());
            in.position(in.position() + part);
            bodyLeft -= part;
        }
    }

    private void fill(int bytes) throws IOException {
        if (bytes > in.capacity()) {
            throw new IOException("a message of " + bytes + " bytes was not expected");
        }
        while (in.remaining() < bytes) {
            in.compact();
            int read = channel.read(in);
            in.flip();
            if (read < 0) {
                throw new EOFException("the connection was closed");
            }
        }
    }

    private void write(ByteBuf out) throws IOException {
        ByteBuffer bytes = out.nioBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Leaves without a word, as a client that ends does.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }

    /// A buffer for clients that get nothing but small answers.
    static ByteBuffer smallBuffer() {
        return ByteBuffer.allocate(SMALL_BUFFER_BYTES);
    }
}
