package dev.weir.proxy.pool;

import dev.weir.config.LoadBalanceHosts;
import dev.weir.config.ServerAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the host for a pool's next connection: in turn, or always the same until it fails. A host that failed is left out
 * until its pause is over, so a dead one among several costs its share of attempts and nothing else. Thread-safe.
 */
final class HostChoice {

    private final ConcurrentHashMap<ServerAddress, ConnectBackoff> backoffs = new ConcurrentHashMap<>();
    private int next;

    private ConnectBackoff backoff(ServerAddress address) {
        return backoffs.computeIfAbsent(address, key -> new ConnectBackoff());
    }

    /** The host to try now, or null if all are paused. */
    synchronized @Nullable ServerAddress choose(List<ServerAddress> hosts, LoadBalanceHosts balance, long nowNanos) {
        for (int i = 0; i < hosts.size(); i++) {
            int at = Math.floorMod(next + i, hosts.size());
            ServerAddress host = hosts.get(at);
            if (backoff(host).remainingNanos(nowNanos) == 0) {
                next = balance == LoadBalanceHosts.DISABLE ? at : at + 1;
                return host;
            }
        }
        return null;
    }

    /** Nanoseconds until a host may be tried; 0 for now. */
    long remainingNanos(List<ServerAddress> hosts, long nowNanos) {
        return hosts.stream()
                .mapToLong(host -> backoff(host).remainingNanos(nowNanos))
                .min()
                .orElse(0);
    }

    void onFailure(ServerAddress host, long nowNanos, long ceilingNanos) {
        backoff(host).onFailure(nowNanos, ceilingNanos);
    }

    void onSuccess(ServerAddress host) {
        backoff(host).onSuccess();
    }
}
