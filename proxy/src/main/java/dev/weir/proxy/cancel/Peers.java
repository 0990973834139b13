package dev.weir.proxy.cancel;

import dev.weir.config.PeerConfig;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.PeerSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The other poolers behind the same address, Weir's or PgBouncer's: a cancel request that arrives here goes to the one
/// whose client the key belongs to. Thread-safe.
public final class Peers {

    private static final Logger LOGGER = LoggerFactory.getLogger(Peers.class);

    private final Supplier<WeirConfig> config;
    private final Transport transport;
    private final PeerPool.Names names;
    private final TlsContexts tls;
    private final Map<Integer, PeerPool> pools = new ConcurrentSkipListMap<>();

    /// @param config names them, in `[peers]`
    public Peers(Supplier<WeirConfig> config, Transport transport, PeerPool.Names names, TlsContexts tls) {
        this.config = config;
        this.transport = transport;
        this.names = names;
        this.tls = tls;
    }

    /// This pooler's own number; 0 when it has no peers.
    public int ownId() {
        return config.get().get(PeerSettings.PEER_ID);
    }

    /// What has been forwarded to each peer that has been written to, by number.
    public Collection<PeerPool> pools() {
        return List.copyOf(pools.values());
    }

    /// Passes a request on that nobody here has the key of.
    ///
    /// @param sender for the log
    /// @param delivered runs once, on any thread, when the peer is done with it
    /// @return false if the key is this pooler's own, or there are no peers; `delivered` does not run then
    boolean forward(CancelKey key, Object sender, Worker worker, Runnable delivered) {
        WeirConfig now = config.get();
        int own = now.get(PeerSettings.PEER_ID);
        if (own == 0 || key.peerId() == own) {
            return false;
        }
        PeerConfig peer = now.peers().get(key.peerId());
        if (peer == null) {
            LOGGER.info("{} could not find peer to forward request to", sender);
            delivered.run();
            return true;
        }
        int hops = key.hops();
        if (hops == 0) {
            LOGGER.info("{} failed to forward cancel request because its TTL was exhausted", sender);
            delivered.run();
            return true;
        }
        Integer size = peer.values().find(PoolSettings.POOL_SIZE);
        pools.computeIfAbsent(peer.id(), id -> new PeerPool(id, transport, names, tls))
                .send(
                        addresses(peer),
                        size == null ? now.get(PoolSettings.DEFAULT_POOL_SIZE) : size,
                        now.get(TimeoutSettings.CANCEL_WAIT_TIMEOUT),
                        packet(key.withHops(hops - 1)),
                        worker,
                        delivered);
        return true;
    }

    private static List<ServerAddress> addresses(PeerConfig peer) {
        int port = peer.values().get(PeerSettings.PEER_PORT);
        return peer.values().get(DatabaseSettings.HOST).stream()
                .map(host -> ServerAddress.of(host, port))
                .toList();
    }

    private static byte[] packet(CancelKey key) {
        ByteBuf out = Unpooled.buffer(64);
        Messages.cancelRequest(out, key.pid(), key.secret());
        return ByteBufUtil.getBytes(out);
    }
}
