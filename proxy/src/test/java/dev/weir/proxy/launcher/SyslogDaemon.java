package dev.weir.proxy.launcher;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Takes the place of the syslog daemon, whose socket has a fixed name: keeps every datagram.
final class SyslogDaemon implements AutoCloseable {

    private static final Path SOCKET = Path.of("/dev/log");

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final Channel channel;

    SyslogDaemon() {
        channel = new Bootstrap()
                .group(loop)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        received.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(SOCKET.toString()))
                .syncUninterruptibly()
                .channel();
    }

    /// Whether the place is free and may be taken: no other daemon has it, and this is root on Linux.
    static boolean isPossible() {
        return Epoll.isAvailable()
                && System.getProperty("user.name").equals("root")
                && !Files.exists(SOCKET, LinkOption.NOFOLLOW_LINKS);
    }

    List<String> received() {
        return received;
    }

    @Override
    public void close() throws IOException {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully().syncUninterruptibly();
        Files.deleteIfExists(SOCKET);
    }
}
