package dev.weir.config;

/// Where a PostgreSQL server listens. Immutable.
public sealed interface ServerAddress {
    /// The part that SHOW DATABASES and messages call the host.
    String host();

    /// The port, which for a Unix socket is part of its file's name.
    int port();

    /// Over TCP.
    ///
    /// @param host a name or an address, not resolved
    record Tcp(String host, int port) implements ServerAddress {
        @Override
        public String toString() {
            return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /// Through a Unix socket.
    ///
    /// @param host the directory, or a name in the abstract namespace that begins with `@`
    record Unix(String host, int port) implements ServerAddress {
        /// The path of the socket, with PostgreSQL's naming; in the abstract namespace the name with its `@`.
        public String path() {
            return host + "/.s.PGSQL." + port;
        }

        @Override
        public String toString() {
            return "unix:" + path();
        }
    }

    /// The address meant by a `host` entry of a database.
    static ServerAddress of(String host, int port) {
        return host.startsWith("/") || host.startsWith("@") ? new Unix(host, port) : new Tcp(host, port);
    }
}
