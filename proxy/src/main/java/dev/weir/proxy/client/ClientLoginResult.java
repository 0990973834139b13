package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.tls.TlsSession;
import org.jspecify.annotations.Nullable;

/**
 * Who has logged in, from where and when. Immutable.
 *
 * @param id number of the connection
 * @param database the database's entry
 * @param user login name
 * @param settings what the startup packet set
 * @param protocolMinor minor version of the protocol in use: 0 or 2
 * @param connectedMillis wall clock of the accept
 * @param connectedNanos {@link System#nanoTime()} of the accept
 * @param address where from, in the form of log lines
 * @param tls what its TLS handshake has settled; null without TLS
 */
public record ClientLoginResult(
        long id,
        DatabaseConfig database,
        String user,
        SessionSettings settings,
        int protocolMinor,
        long connectedMillis,
        long connectedNanos,
        String address,
        @Nullable TlsSession tls) {

    @Override
    public String toString() {
        return "C-" + ConnectionIds.shown(id) + ": " + database.name() + "/" + user + "@" + address;
    }
}
