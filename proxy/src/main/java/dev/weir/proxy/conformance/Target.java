package dev.weir.proxy.conformance;

import dev.weir.proxy.net.ConnectionUrl;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A server or pooler to check, and as whom.
///
/// @param label heads its column in the report; holds no password
/// @param address TCP or Unix socket
/// @param user the role, which must be allowed to create a schema in the database
/// @param password null if none will be asked for
/// @param database where the checks make their schema
public record Target(
        String label,
        SocketAddress address,
        String user,
        @Nullable String password,
        String database) {

    /// Reads a connection URL: `postgresql://user:password@host:port/database`, with `?host=/directory` for a Unix
    /// socket. TLS is not spoken.
    ///
    /// @throws ConformanceFailed if it cannot be understood; the message does not repeat it: it may hold a password
    public static Target of(String url) throws ConformanceFailed {
        ConnectionUrl read;
        try {
            read = ConnectionUrl.of(url);
        } catch (IllegalArgumentException e) {
            throw new ConformanceFailed(String.valueOf(e.getMessage()));
        }
        if (!read.options().getOrDefault("sslmode", "disable").matches("disable|allow|prefer")) {
            throw new ConformanceFailed("TLS is not spoken here: check a listener without it (sslmode=disable)");
        }
        SocketAddress address = read.isUnix()
                ? UnixDomainSocketAddress.of(Path.of(read.host(), ".s.PGSQL." + read.port()))
                : new InetSocketAddress(read.host(), read.port());
        String password = read.password().isEmpty() ? null : read.password();
        return new Target(read.place(), address, read.user(), password, read.database());
    }

    @Override
    public String toString() {
        return label;
    }
}
