package dev.weir.proxy.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listening sockets received from another process, each to be listened on by whoever wants its address. Used by the
/// thread that starts the pooler.
public final class InheritedSockets implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(InheritedSockets.class);

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;

    /// @param tcp its address, null for a Unix socket
    /// @param path its path, null for TCP
    private record Socket(
            int descriptor,
            @Nullable InetSocketAddress tcp,
            @Nullable String path) {}

    private final List<Socket> sockets = new ArrayList<>();

    /// No sockets, as at an ordinary start.
    public InheritedSockets() {}

    /// Adds a socket and owns it from here on.
    ///
    /// @throws IOException if nobody listens on it, or it is of an unknown family
    public void add(int descriptor) throws IOException {
        try {
            if (NativeSockets.option(descriptor, NativeSockets.SO_ACCEPTCONN, 1)[0] == 0) {
                throw new IOException("a socket that was received is not being listened on");
            }
            sockets.add(socket(descriptor, NativeSockets.localAddress(descriptor)));
        } catch (IOException e) {
            close(descriptor);
            throw e;
        }
    }

    private static Socket socket(int descriptor, byte[] address) throws IOException {
        ByteBuffer fields = ByteBuffer.wrap(address);
        int family = fields.order(ByteOrder.nativeOrder()).getShort(0);
        int port = Short.toUnsignedInt(fields.order(ByteOrder.BIG_ENDIAN).getShort(PORT));
        return switch (family) {
            case AF_UNIX -> new Socket(descriptor, null, path(address));
            case AF_INET -> new Socket(descriptor, tcp(address, IPV4_ADDRESS, 4, port), null);
            case AF_INET6 -> new Socket(descriptor, tcp(address, IPV6_ADDRESS, 16, port), null);
            default -> throw new IOException("a socket of an unknown family was received: " + family);
        };
    }

    private static InetSocketAddress tcp(byte[] address, int from, int length, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(Arrays.copyOfRange(address, from, from + length)), port);
    }

    private static String path(byte[] address) {
        int end = Short.BYTES;
        while (end < address.length && address[end] != 0) {
            end++;
        }
        return new String(address, Short.BYTES, end - Short.BYTES, StandardCharsets.UTF_8);
    }

    /// One of several sockets that are to be listened on, whatever the configuration says.
    ///
    /// @param descriptor owned by the caller
    /// @param path of a Unix socket, with an `@` in front in the abstract namespace; null for TCP
    record Given(int descriptor, @Nullable String path) {}

    /// What a socket is, that somebody else has opened for this process.
    ///
    /// @throws IOException if nobody listens on it, or it is of an unknown family
    static Given given(int descriptor) throws IOException {
        if (NativeSockets.option(descriptor, NativeSockets.SO_ACCEPTCONN, 1)[0] == 0) {
            throw new IOException("the socket with descriptor " + descriptor + " is not being listened on");
        }
        byte[] address = NativeSockets.localAddress(descriptor);
        Socket socket = socket(descriptor, address);
        if (socket.tcp() != null) {
            return new Given(descriptor, null);
        }
        boolean isAbstract = address.length > Short.BYTES && address[Short.BYTES] == 0;
        String path = isAbstract
                ? "@" + new String(address, Short.BYTES + 1, address.length - Short.BYTES - 1, StandardCharsets.UTF_8)
                : socket.path();
        return new Given(descriptor, path);
    }

    /// Whether there are none left.
    public boolean isEmpty() {
        return sockets.isEmpty();
    }

    /// Hands out the socket of this TCP address, if there is one; the caller owns it.
    ///
    /// @param address port 0 fits every port
    OptionalInt take(InetSocketAddress address) {
        for (Iterator<Socket> each = sockets.iterator(); each.hasNext(); ) {
            Socket socket = each.next();
            if (socket.tcp() != null && fits(address, socket.tcp())) {
                each.remove();
                return OptionalInt.of(socket.descriptor());
            }
        }
        return OptionalInt.empty();
    }

    private static boolean fits(InetSocketAddress wanted, InetSocketAddress has) {
        boolean samePort = wanted.getPort() == 0 || wanted.getPort() == has.getPort();
        boolean both =
                wanted.getAddress().isAnyLocalAddress() && has.getAddress().isAnyLocalAddress();
        return samePort && (both || wanted.getAddress().equals(has.getAddress()));
    }

    /// Hands out the socket of this path, if there is one; the caller owns it.
    OptionalInt take(String path) {
        for (Iterator<Socket> each = sockets.iterator(); each.hasNext(); ) {
            Socket socket = each.next();
            if (path.equals(socket.path())) {
                each.remove();
                return OptionalInt.of(socket.descriptor());
            }
        }
        return OptionalInt.empty();
    }

    /// Closes those that nobody wanted; the process that they came from still has its own hold on them.
    @Override
    public void close() {
        sockets.forEach(socket -> close(socket.descriptor()));
        sockets.clear();
    }

    private static void close(int descriptor) {
        try {
            NativeSockets.close(descriptor);
        } catch (IOException e) {
            LOGGER.warn("cannot close descriptor {}: {}", descriptor, e.getMessage());
        }
    }
}
