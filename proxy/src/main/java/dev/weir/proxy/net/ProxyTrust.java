package dev.weir.proxy.net;

import dev.weir.config.Network;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Whose word counts when it tells another address than its own. Immutable.
 *
 * @param networks where load balancers are that begin every connection with a header of the PROXY protocol
 * @param patience how long a header may take to come; zero for any time
 */
public record ProxyTrust(List<Network> networks, Duration patience) {

    /** Nobody's. */
    public static final ProxyTrust NONE = new ProxyTrust(List.of(), Duration.ZERO);

    /** Whether a connection has to begin with a header. */
    boolean isExpectedOf(Channel channel) {
        return !networks.isEmpty()
                && channel.remoteAddress() instanceof InetSocketAddress peer
                && networks.stream().anyMatch(network -> network.contains(peer.getAddress()));
    }
}
