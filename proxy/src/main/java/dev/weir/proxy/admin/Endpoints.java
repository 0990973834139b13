package dev.weir.proxy.admin;

import dev.weir.config.ServerAddress;
import dev.weir.console.port.Endpoint;
import dev.weir.proxy.net.Transport;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Ends of connections as the console shows them.
final class Endpoints {

    /// PostgreSQL's name of a Unix socket, before the port.
    private static final String UNIX_NAME = ".s.PGSQL.";

    private static final Endpoint UNKNOWN = new Endpoint("", 0);

    private Endpoints() {}

    /// The two ends of one connection.
    ///
    /// @param peer the other end
    /// @param local this end
    record Pair(Endpoint peer, Endpoint local) {}

    /// The ends of a client's connection. A Unix socket has one name, at this end, and so one port for both.
    static Pair ofClient(@Nullable SocketAddress remote, @Nullable SocketAddress local) {
        if (isUnix(remote) || isUnix(local)) {
            Endpoint both = Endpoint.unix(unixPort(isUnix(local) ? local : remote));
            return new Pair(both, both);
        }
        return new Pair(inet(remote), inet(local));
    }

    /// Where somebody is listened for.
    static Endpoint ofListener(SocketAddress address) {
        return isUnix(address) ? Endpoint.unix(unixPort(address)) : inet(address);
    }

    /// The ends of a server connection; where it is to go to as long as it does not stand.
    static Pair ofServer(ServerAddress target, @Nullable SocketAddress remote, @Nullable SocketAddress local) {
        return switch (target) {
            case ServerAddress.Unix(String _, int port) -> new Pair(Endpoint.unix(port), Endpoint.unix(port));
            case ServerAddress.Tcp(String host, int port) ->
                new Pair(remote == null ? new Endpoint(host, port) : inet(remote), inet(local));
        };
    }

    private static boolean isUnix(@Nullable SocketAddress address) {
        return address != null && Transport.isUnix(address);
    }

    private static Endpoint inet(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? new Endpoint(inet.getAddress().getHostAddress(), inet.getPort())
                : UNKNOWN;
    }

    private static int unixPort(@Nullable SocketAddress address) {
        String path = String.valueOf(address);
        int name = path.lastIndexOf(UNIX_NAME);
        if (name < 0) {
            return 0;
        }
        try {
            return Integer.parseInt(path.substring(name + UNIX_NAME.length()));
        } catch (NumberFormatException anotherName) {
            return 0;
        }
    }
}
