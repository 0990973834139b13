package dev.weir.proxy.server;

import dev.weir.config.ServerAddress;
import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.net.HostResolver;
import dev.weir.proxy.net.SocketOptions;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.tls.ServerNegotiation;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.tls.TlsForServers;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Opens connections to PostgreSQL: resolves the name, connects, and puts the login in charge. Each connection stays on the
 * event loop of the owner that asked for it. Thread-safe.
 */
public final class ServerConnector {

    private final Transport transport;
    private final HostResolver resolver;
    private final Supplier<SocketOptions> options;
    private final ScramKeyCache keys;
    private final SecureRandom random;
    private final Executor derivations;
    private final TlsContexts tls;

    /** @param derivations runs what takes milliseconds of computing */
    public ServerConnector(
            Transport transport,
            HostResolver resolver,
            Supplier<SocketOptions> options,
            ScramKeyCache keys,
            SecureRandom random,
            Executor derivations,
            TlsContexts tls) {
        this.transport = transport;
        this.resolver = resolver;
        this.options = options;
        this.keys = keys;
        this.random = random;
        this.derivations = derivations;
        this.tls = tls;
    }

    /** Starts to connect; {@code server} hears what becomes of it. Called on the server's loop. */
    public void connect(ServerConnection server, ServerTarget target) {
        server.onOpening();
        switch (target.address()) {
            case ServerAddress.Unix unix -> open(server, transport.unixAddress(unix.path()));
            case ServerAddress.Tcp tcp ->
                resolver.resolve(tcp.host(), server.owner().worker().loop(), address -> {
                    if (address == null) {
                        server.fail("server DNS lookup failed", null);
                    } else {
                        open(server, new InetSocketAddress(address, tcp.port()));
                    }
                });
        }
    }

    /** Whether the name that the server was found under leads elsewhere by now. Called on the server's loop. */
    public boolean hasMoved(ServerConnection server) {
        return server.target().address() instanceof ServerAddress.Tcp tcp
                && server.remoteAddress() instanceof InetSocketAddress remote
                && resolver.hasLeft(tcp.host(), remote.getAddress());
    }

    private void open(ServerConnection server, SocketAddress address) {
        if (server.state() != ServerState.CONNECTING) {
            return; // it took too long
        }
        new Bootstrap()
                .group(server.owner().worker().loop())
                .channel(transport.connection(address))
                .resolver(NoopAddressResolverGroup.INSTANCE)
                // server_connect_timeout covers the login too and has a clock of its own
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ServerLogin login = new ServerLogin(server, channel, keys, random, derivations);
                        ServerInbound inbound = new ServerInbound(server, channel.alloc());
                        TlsForServers encryption = tls.servers();
                        if (encryption != null && server.target().address() instanceof ServerAddress.Tcp tcp) {
                            channel.pipeline()
                                    .addLast(new ServerNegotiation(
                                            encryption, tcp.host(), tcp.port(), tls.counters(), login));
                        }
                        channel.pipeline().addLast(new ServerHandler(server, inbound, login, options.get()));
                        server.onChannel(channel, inbound);
                    }
                })
                .connect(address)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        // Without a descriptor there is no channel, and Netty answers on a thread of its own.
                        String reason = "connect failed: " + connected.cause().getMessage();
                        server.owner().worker().run(() -> server.fail(reason, null));
                    }
                });
    }
}
