package dev.weir.proxy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A socket of bytes with deadlines on both directions, TCP or Unix, for what is not a whole message. For one thread at
/// a
/// time.
public final class Wire implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long PIECE_GAP_NANOS = 300_000;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private Duration deadline = Duration.ofSeconds(20);
    private Delivery delivery = Delivery.whole();
    private long sentBytes;

    Wire(Endpoint endpoint) throws IOException {
        channel = SocketChannel.open(endpoint.address());
        if (endpoint instanceof Endpoint.Tcp) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, SelectionKey.OP_READ);
    }

    void deadline(Duration limit) {
        deadline = limit;
    }

    void delivery(Delivery manner) {
        delivery = manner;
        sentBytes = 0;
    }

    long sentBytes() {
        return sentBytes;
    }

    /// Sends all of it, in the pieces that the delivery asks for.
    void send(byte[] bytes) throws IOException {
        int start = 0;
        while (start < bytes.length) {
            int end = delivery.nextCut(sentBytes, bytes.length - start) + start;
            write(ByteBuffer.wrap(bytes, start, end - start));
            sentBytes += end - start;
            start = end;
            if (start < bytes.length) {
                // The gap lets the receiver see the piece on its own; a test stays right if it does not.
                LockSupport.parkNanos(PIECE_GAP_NANOS);
            }
        }
    }

    private void write(ByteBuffer piece) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        while (piece.hasRemaining()) {
            if (channel.write(piece) == 0) {
                await(SelectionKey.OP_WRITE, end, "the peer does not read");
            }
        }
    }

    /// Sends what the peer takes at once of the bytes from `offset` on; returns how many went.
    public int sendWithoutWaiting(byte[] bytes, int offset) {
        try {
            return channel.write(ByteBuffer.wrap(bytes, offset, bytes.length - offset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One byte outside the message stream: the answer to SSLRequest or GSSENCRequest.
    public char readByte() {
        try {
            int answer = read();
            if (answer < 0) {
                throw new AssertionError("connection closed, one byte was expected");
            }
            return (char) answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The length of the body of the next message, which must be of this type; the body is still to come.
    public long readHead(char type) {
        char actual = readByte();
        if (actual != type) {
            throw new AssertionError("expected " + type + ", got " + actual);
        }
        byte[] length = new byte[4];
        try {
            readFully(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(length).getInt() - 4L;
    }

    /// Reads and drops that many bytes, whatever they are.
    public void skip(int count) {
        try {
            readFully(new byte[count]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything up to the end of the connection, as it comes.
    public byte[] readToEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int next = read(); next >= 0; next = read()) {
                bytes.write(next);
            }
        } catch (IOException e) {
            // A reset ends the stream just as well.
            return bytes.toByteArray();
        }
        return bytes.toByteArray();
    }

    /// Makes the kernel take in little of what the peer sends; before anything was received.
    public void smallReceiveBuffer() {
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next byte, or -1 at the end of the stream.
    int read() throws IOException {
        return fill() ? in.get() & 0xff : -1;
    }

    void readFully(byte[] target) throws IOException {
        int at = 0;
        while (at < target.length) {
            if (!fill()) {
                throw new EOFException("closed in the middle of a message, " + (target.length - at) + " bytes missing");
            }
            int count = Math.min(in.remaining(), target.length - at);
            in.get(target, at, count);
            at += count;
        }
    }

    /// Whether anything (bytes or the end of the stream) arrives within a time.
    boolean hasNews(Duration within) throws IOException {
        if (in.hasRemaining()) {
            return true;
        }
        key.interestOps(SelectionKey.OP_READ);
        selector.selectedKeys().clear();
        return selector.select(Math.max(1, within.toMillis())) > 0;
    }

    private boolean fill() throws IOException {
        if (in.hasRemaining()) {
            return true;
        }
        long end = System.nanoTime() + deadline.toNanos();
        in.clear();
        try {
            int count = channel.read(in);
            while (count == 0) {
                await(SelectionKey.OP_READ, end, "nothing arrived within " + deadline);
                count = channel.read(in);
            }
            return count > 0;
        } finally {
            in.flip();
        }
    }

    private void await(int operation, long end, String complaint) throws IOException {
        key.interestOps(operation);
        selector.selectedKeys().clear();
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || selector.select(millis) == 0) {
            throw new AssertionError(complaint);
        }
    }

    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /// Closes with a reset, as a host that loses power and comes back does.
    void reset() throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        close();
    }

    @Nullable
    Integer localPort() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress tcp ? tcp.getPort() : null;
    }

    @Override
    public void close() throws IOException {
        try (selector) {
            channel.close();
        }
    }
}
