package dev.weir.proxy.cancel;

import dev.weir.config.ChannelBinding;
import dev.weir.config.ServerAddress;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.tls.ServerNegotiation;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.tls.TlsForServers;
import dev.weir.proxy.tls.TlsSession;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cancel requests that are on their way to one peer: so many connections at a time, the others in line. Each lives
/// on the event loop of the request; the counts and the line are guarded by this.
public final class PeerPool {

    private static final Logger LOGGER = LoggerFactory.getLogger(PeerPool.class);

    private static final Duration NEVER = Duration.ofSeconds(30);

    private final int peerId;
    private final Transport transport;
    private final Names names;
    private final TlsContexts tls;
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private int connecting;
    private int sent;

    PeerPool(int peerId, Transport transport, Names names, TlsContexts tls) {
        this.peerId = peerId;
        this.transport = transport;
        this.names = names;
        this.tls = tls;
    }

    /// Looks names up.
    @FunctionalInterface
    public interface Names {
        /// Calls back on the loop with an address, or with null if there is none.
        void resolve(String host, EventLoop loop, Consumer<@Nullable InetAddress> callback);
    }

    /// What it is doing now.
    ///
    /// @param waiting requests in line
    /// @param connecting connections being made
    /// @param sent connections that have carried a request to the peer, which delivers it
    public record Load(int waiting, int connecting, int sent) {}

    public int peerId() {
        return peerId;
    }

    /// What it is doing now.
    public synchronized Load load() {
        return new Load(waiting.size(), connecting, sent);
    }

    /// Sends a request, or puts it in line.
    ///
    /// @param addresses of the peer, each tried when those before it cannot be reached
    /// @param size how many connections there may be at a time; 0 for any number
    /// @param timeout after which the request is given up; zero for the longest there is
    /// @param delivered runs once, on any thread, when the peer has closed the connection or cannot be reached
    void send(
            List<ServerAddress> addresses,
            int size,
            Duration timeout,
            byte[] packet,
            Worker worker,
            Runnable delivered) {
        long millis = (timeout.isZero() ? NEVER : timeout).toMillis();
        Request request = new Request(addresses, millis / addresses.size(), packet, worker, delivered);
        boolean goes;
        synchronized (this) {
            goes = size == 0 || connecting + sent < size;
            if (goes) {
                connecting++;
            } else {
                waiting.add(request);
            }
        }
        request.timeout = worker.loop().schedule(request::giveUp, millis, TimeUnit.MILLISECONDS);
        if (goes) {
            worker.run(request::begin);
        }
    }

    private void next() {
        Request first;
        synchronized (this) {
            first = waiting.poll();
            if (first != null) {
                connecting++;
            }
        }
        if (first != null) {
            first.worker.run(first::begin);
        }
    }

    /// One request; confined to its event loop but for its place in the line. Sharable, for it is in one channel after
    /// the
    /// other.
    @Sharable
    private final class Request extends ChannelInboundHandlerAdapter implements ServerNegotiation.Outcome {
        private final Iterator<ServerAddress> untried;
        private ServerAddress address;
        /// So long an address may take that there is time for those behind it.
        private final int connectMillis;
        private final byte[] packet;
        private final Worker worker;
        private final Runnable delivered;
        private volatile @Nullable Future<?> timeout;
        private @Nullable Channel channel;
        private boolean begun;
        private boolean wasSent;
        private boolean ended;

        Request(List<ServerAddress> addresses, long connectMillis, byte[] packet, Worker worker, Runnable delivered) {
            this.untried = addresses.iterator();
            this.address = untried.next();
            this.connectMillis = Math.clamp(connectMillis, 1, Integer.MAX_VALUE);
            this.packet = packet;
            this.worker = worker;
            this.delivered = delivered;
        }

        void begin() {
            begun = true;
            switch (address) {
                case ServerAddress.Unix unix -> connect(transport.unixAddress(unix.path()));
                case ServerAddress.Tcp tcp ->
                    names.resolve(tcp.host(), worker.loop(), found -> {
                        if (found == null) {
                            onUnreachable("server DNS lookup failed");
                        } else {
                            connect(new InetSocketAddress(found, tcp.port()));
                        }
                    });
            }
        }

        private void connect(SocketAddress socket) {
            if (ended) {
                return;
            }
            ChannelFuture opening = new Bootstrap()
                    .group(worker.loop())
                    .channel(transport.connection(socket))
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                    .handler(opening())
                    .connect(socket);
            channel = opening.channel();
            opening.addListener(connected -> {
                if (!connected.isSuccess()) {
                    String reason = String.valueOf(connected.cause().getMessage());
                    worker.run(() -> onUnreachable("connect failed: " + reason));
                }
            });
        }

        private ChannelInitializer<Channel> opening() {
            TlsForServers policy = tls.peers();
            Request request = this;
            ChannelHandler encryption = policy != null && address instanceof ServerAddress.Tcp tcp
                    ? new ServerNegotiation(policy, tcp.host(), tcp.port(), tls.counters(), request)
                    : null;
            return new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel opened) {
                    if (encryption != null) {
                        opened.pipeline().addLast(encryption);
                    }
                    opened.pipeline().addLast(request);
                }
            };
        }

        @Override
        public void onSettled(@Nullable TlsSession session, ChannelBinding binding) {
            // channelActive comes next
        }

        /// The encryption is not what is wanted: another address would not make it so.
        @Override
        public void onFailed(String reason) {
            fail(reason);
        }

        private void onUnreachable(String reason) {
            if (!ended && untried.hasNext()) {
                LOGGER.info("peer-{}@{} {}", peerId, address, reason);
                address = untried.next();
                begin();
            } else {
                fail(reason);
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            synchronized (PeerPool.this) {
                connecting--;
                sent++;
            }
            wasSent = true;
            context.writeAndFlush(Unpooled.wrappedBuffer(packet));
        }

        /// Nothing is ever answered.
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        private void fail(String reason) {
            if (!ended) {
                LOGGER.warn("peer-{}@{} {}", peerId, address, reason);
                end();
            }
        }

        void giveUp() {
            if (!ended) {
                LOGGER.warn("peer-{}@{} cancel_wait_timeout", peerId, address);
                Channel open = channel;
                end();
                if (open != null) {
                    open.close();
                }
            }
        }

        private void end() {
            if (ended) {
                return;
            }
            ended = true;
            Future<?> pending = timeout;
            if (pending != null) {
                pending.cancel(false);
            }
            synchronized (PeerPool.this) {
                if (wasSent) {
                    sent--;
                } else if (begun || !waiting.remove(this)) {
                    connecting--;
                }
            }
            delivered.run();
            next();
        }
    }
}
