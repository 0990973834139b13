package dev.weir.proxy.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// Where a server listens: a TCP port or a Unix socket. Immutable.
public sealed interface Endpoint {

    /// The address to connect to.
    SocketAddress address();

    /// A TCP port on the loopback interface.
    static Endpoint loopback(int port) {
        return new Tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /// The socket that PostgreSQL and the pooler make in a directory for a port.
    static Endpoint socketIn(Path directory, int port) {
        return new Unix(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL." + port)));
    }

    /// A TCP address.
    record Tcp(InetSocketAddress address) implements Endpoint {

        /// The port number.
        public int port() {
            return address.getPort();
        }
    }

    /// The path of a Unix socket.
    record Unix(UnixDomainSocketAddress address) implements Endpoint {}
}
