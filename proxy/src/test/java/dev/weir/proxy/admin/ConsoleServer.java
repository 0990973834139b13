package dev.weir.proxy.admin;

import dev.weir.console.ConsoleUser;
import dev.weir.proxy.wire.StartupPacket;
import dev.weir.proxy.wire.StartupReader;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A console on a port of the loopback interface that lets everybody in, for clients that only speak TCP.
final class ConsoleServer implements AutoCloseable {

    private static final byte[] SECRET = {1, 2, 3, 4};

    private final FakePooler pooler;
    private final Map<Integer, ConsoleHandler> sessions = new ConcurrentHashMap<>();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;

    ConsoleServer(FakePooler pooler) throws InterruptedException {
        this.pooler = pooler;
        this.listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new TrustingLogin());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class TrustingLogin extends ByteToMessageDecoder {

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            StartupPacket packet = StartupReader.read(in);
            switch (packet) {
                case null -> {}
                case StartupPacket.SslRequest _, StartupPacket.GssEncRequest _ -> {
                    var _ = ctx.writeAndFlush(ctx.alloc().buffer().writeByte('N'));
                }
                case StartupPacket.CancelRequest cancel -> {
                    sessions.computeIfPresent(cancel.pid(), (_, session) -> {
                        session.cancel();
                        return session;
                    });
                    var _ = ctx.close();
                }
                case StartupPacket.Startup _ -> welcome(ctx);
            }
        }

        private void welcome(ChannelHandlerContext ctx) {
            ConsoleHandler session = new ConsoleHandler(pooler.console, new ConsoleUser("root", true), error -> {});
            int pid = sessions.size() + 1;
            sessions.put(pid, session);
            ByteBuf welcome = ctx.alloc().buffer();
            ConsoleWelcome.write(welcome, pid, SECRET);
            var _ = ctx.writeAndFlush(welcome);
            ctx.pipeline().addLast(session);
            ctx.pipeline().remove(this);
        }
    }
}
