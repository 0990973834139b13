package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.access.LoginFacts;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.tls.TlsSession;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who wants in, where to, and how they came. Immutable.
 *
 * @param client for log lines
 * @param user as the client calls itself
 * @param databaseName as the client calls it
 * @param database its entry; null for the console and where there is none
 * @param physicalReplication whether it is for no database
 * @param tls what the handshake has settled; null without TLS
 */
record LoginAttempt(
        Object client,
        String user,
        String databaseName,
        @Nullable DatabaseConfig database,
        boolean physicalReplication,
        Worker worker,
        Channel channel,
        @Nullable TlsSession tls) {

    /** What rules look at. */
    LoginFacts facts() {
        return new LoginFacts(address(), tls != null, physicalReplication, databaseName, user);
    }

    /** The client's address; null for a Unix socket. */
    @Nullable
    InetAddress address() {
        return PeerIdentity.addressOf(channel) instanceof InetSocketAddress remote ? remote.getAddress() : null;
    }

    /** The client's address in figures; empty for a Unix socket. */
    String host() {
        InetAddress address = address();
        return address == null ? "" : address.getHostAddress();
    }
}
