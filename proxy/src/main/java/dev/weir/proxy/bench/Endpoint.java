package dev.weir.proxy.bench;

import java.net.InetSocketAddress;

/// Where clients connect and as whom, over TCP. Immutable.
///
/// @param password of the user; not asked for everywhere
record Endpoint(String host, int port, String database, String user, String password) {

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /// The same for another database.
    Endpoint with(String other) {
        return new Endpoint(host, port, other, user, password);
    }

    /// Without the password.
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
