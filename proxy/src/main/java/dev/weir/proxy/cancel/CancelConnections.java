package dev.weir.proxy.cancel;

import dev.weir.config.ChannelBinding;
import dev.weir.config.ServerAddress;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.server.CancelSender;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.tls.ServerNegotiation;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.tls.TlsForServers;
import dev.weir.proxy.tls.TlsSession;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers cancel requests: one short connection each, over which nothing is ever answered; PostgreSQL closes it when it has
 * signalled the backend ("Canceling Requests in Progress"). Thread-safe.
 */
public final class CancelConnections implements CancelSender {

    private static final Logger LOGGER = LoggerFactory.getLogger(CancelConnections.class);

    private final Transport transport;
    private final Supplier<Duration> timeout;
    private final TlsContexts tls;
    private final AtomicInteger open = new AtomicInteger();

    /** @param timeout {@code cancel_wait_timeout} */
    public CancelConnections(Transport transport, Supplier<Duration> timeout, TlsContexts tls) {
        this.transport = transport;
        this.timeout = timeout;
        this.tls = tls;
    }

    /** Requests under way. */
    public int open() {
        return open.get();
    }

    @Override
    public void send(ServerConnection server, Runnable sent, Runnable delivered) {
        SocketAddress address = server.remoteAddress();
        if (address == null || server.backendKey().pid() == 0) {
            delivered.run();
            return;
        }
        ByteBuf buffer = Unpooled.buffer(64);
        server.backendKey().writeCancelRequest(buffer);
        byte[] request = ByteBufUtil.getBytes(buffer);
        open.incrementAndGet();
        Delivery delivery = new Delivery(request, sent);
        Bootstrap bootstrap = new Bootstrap()
                .group(server.owner().worker().loop())
                .channel(transport.connection(address))
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis())
                .handler(opening(encryption(server), delivery));
        ChannelFuture connecting = bootstrap.connect(address);
        if (connecting.isDone() && !connecting.isSuccess()) {
            LOGGER.warn(
                    "{} failed to send cancel request: {}",
                    server,
                    connecting.cause().getMessage());
            open.decrementAndGet();
            delivered.run();
            return;
        }
        Channel channel = connecting.channel();
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (channel.isOpen()) {
                                LOGGER.warn("{} cancel_wait_timeout", server);
                                if (delivery.sent) {
                                    server.release().closeWhenFree("cancel_wait_timeout");
                                }
                                channel.close();
                            }
                        },
                        millis(),
                        TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            LOGGER.debug("{} cancel request delivered", server);
            delivered.run();
        });
    }

    /** How to encrypt: not if the connection that the request is about is not encrypted either. */
    private @Nullable ChannelHandler encryption(ServerConnection server) {
        TlsForServers policy = server.tls().isEmpty() ? null : tls.servers();
        return policy != null && server.target().address() instanceof ServerAddress.Tcp tcp
                ? new ServerNegotiation(policy, tcp.host(), tcp.port(), tls.counters(), new Failures(server))
                : null;
    }

    private static ChannelInitializer<Channel> opening(@Nullable ChannelHandler encryption, Delivery delivery) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (encryption != null) {
                    channel.pipeline().addLast(encryption);
                }
                channel.pipeline().addLast(delivery);
            }
        };
    }

    /** Tells the log why a request does not arrive. */
    private record Failures(ServerConnection server) implements ServerNegotiation.Outcome {

        @Override
        public void onSettled(@Nullable TlsSession session, ChannelBinding binding) {}

        @Override
        public void onFailed(String reason) {
            LOGGER.warn("{} failed to send cancel request: {}", server, reason);
        }
    }

    private int millis() {
        long millis = timeout.get().toMillis();
        return millis == 0 ? 10_000 : (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Writes the request, then waits for PostgreSQL to close. */
    private static final class Delivery extends ChannelInboundHandlerAdapter {

        /** No pooled buffer: a loop that is ending may never open the channel, nor tell that it did not. */
        private final byte[] request;
        /** PostgreSQL may act on it even when the connection has long been closed from here. */
        private boolean sent;

        private final Runnable onSent;

        Delivery(byte[] request, Runnable onSent) {
            this.request = request;
            this.onSent = onSent;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            sent = true;
            onSent.run();
            context.writeAndFlush(Unpooled.wrappedBuffer(request));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
