package dev.weir.proxy.cancel;

import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.wire.Messages;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The processes from which this one, or one before it, has taken over, and which still have clients: their cancel
/// requests arrive here. A key does not tell whose it is, so one that nobody here has goes to all of them; there are
/// few, and each knows its own. Thread-safe.
public final class OldProcesses {

    private static final Logger LOGGER = LoggerFactory.getLogger(OldProcesses.class);

    /// How long the old process may take to deliver a request.
    private static final long PATIENCE_SECONDS = 30;

    private final Transport transport;
    private final List<Path> sockets = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> known = new CompletableFuture<>();

    /// None are known until [#remember] has been called; requests wait for that.
    public OldProcesses(Transport transport) {
        this.transport = transport;
    }

    /// Tells where the old processes listen; nowhere when there are none. To be called once.
    public void remember(List<Path> paths) {
        sockets.addAll(paths);
        known.complete(null);
    }

    /// Passes a cancel request on.
    ///
    /// @param delivered runs once on the worker when every process is done with it
    /// @return false if there is nobody to pass it on to; `delivered` does not run then
    public boolean forward(int pid, byte[] secret, Worker worker, Runnable delivered) {
        boolean nobody = known.isDone() && sockets.isEmpty();
        if (nobody || secret.length < Messages.MIN_SECRET_BYTES || secret.length > Messages.MAX_SECRET_BYTES) {
            return false;
        }
        known.thenRun(() -> worker.run(() -> forwardToAll(pid, secret, worker, delivered)));
        return true;
    }

    private void forwardToAll(int pid, byte[] secret, Worker worker, Runnable delivered) {
        List<Path> all = List.copyOf(sockets);
        if (all.isEmpty()) {
            delivered.run();
            return;
        }
        AtomicInteger pending = new AtomicInteger(all.size());
        Runnable done = () -> {
            if (pending.decrementAndGet() == 0) {
                delivered.run();
            }
        };
        for (Path socket : all) {
            ByteBuf request = Unpooled.buffer(64);
            Messages.cancelRequest(request, pid, secret);
            send(socket, request, worker, done);
        }
    }

    private void send(Path socket, ByteBuf request, Worker worker, Runnable done) {
        SocketAddress address = transport.unixAddress(socket.toString());
        ChannelFuture connecting = new Bootstrap()
                .group(worker.loop())
                .channel(transport.connection(address))
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .handler(new Request())
                .connect(address);
        Channel channel = connecting.channel();
        connecting.addListener((ChannelFutureListener) connected -> {
            if (connected.isSuccess()) {
                // The old process closes when the request has reached PostgreSQL.
                channel.writeAndFlush(request);
                worker.loop().schedule(() -> channel.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
                channel.closeFuture().addListener(closed -> done.run());
            } else {
                request.release();
                LOGGER.info(
                        "the old process at {} has not heard: {}",
                        socket,
                        connected.cause().getMessage());
                if (!Files.exists(socket)) {
                    sockets.remove(socket);
                }
                done.run();
            }
        });
    }

    /// Nothing is ever answered.
    private static final class Request extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
