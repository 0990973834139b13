package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Descriptors on their way from one end of a Unix socket to the other.
@EnabledOnOs(OS.LINUX)
final class DescriptorPassingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @AfterEach
    void stop() {
        loops.shutdownGracefully().syncUninterruptibly();
    }

    @Test
    void aListeningSocketGoesOnAtTheOtherEnd() throws Exception {
        EpollServerSocketChannel listener = listenOnTcp();
        InetSocketAddress address = listener.localAddress();
        try (InheritedSockets sockets = new InheritedSockets()) {
            assertThat(received(channel -> listener.fd().intValue(), sockets)).isEqualTo("with the socket, more");
            listener.close().sync();

            assertThat(sockets.take(new InetSocketAddress("127.0.0.2", address.getPort())))
                    .isEmpty();
            assertThat(sockets.take(new InetSocketAddress(address.getAddress(), address.getPort() ^ 1)))
                    .isEmpty();
            assertThat(sockets.take("/" + address)).isEmpty();
            // It is listened on still, by the descriptor that came.
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                assertThat(client.isConnected()).isTrue();
            }
            int taken =
                    sockets.take(new InetSocketAddress(address.getAddress(), 0)).orElseThrow();
            assertThat(sockets.isEmpty()).isTrue();
            EpollServerSocketChannel adopted = new EpollServerSocketChannel(taken);
            loops.register(adopted).sync();
            assertThat(adopted.localAddress()).isEqualTo(address);
            adopted.close().sync();
        }
    }

    @Test
    void aUnixSocketIsKnownByItsPath() throws Exception {
        Path path = directory.resolve("listener");
        EpollServerDomainSocketChannel listener = listen(path, new ChannelInboundHandlerAdapter());
        try (InheritedSockets sockets = new InheritedSockets()) {
            received(channel -> listener.fd().intValue(), sockets);
            assertThat(sockets.take(path + "2")).isEmpty();
            NativeSockets.close(sockets.take(path.toString()).orElseThrow());
        }
    }

    @Test
    void aSocketThatNobodyListensOnIsRefused() {
        try (InheritedSockets sockets = new InheritedSockets()) {
            assertThatThrownBy(() -> received(channel -> channel.fd().intValue(), sockets))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not being listened on");
            assertThat(sockets.isEmpty()).isTrue();
        }
    }

    @Test
    void tellsWhoListens() throws Exception {
        Path path = directory.resolve("peer");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (DescriptorStream stream = DescriptorStream.connect(path.toString(), PATIENCE)) {
                assertThat(stream.peer().processId())
                        .isEqualTo(ProcessHandle.current().pid());
            }
        }
        assertThatThrownBy(() -> DescriptorStream.connect(path.toString(), PATIENCE))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> DescriptorStream.connect(path + "2", PATIENCE))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> DescriptorStream.connect("/" + "x".repeat(200), PATIENCE))
                .hasMessageContaining("too long");
    }

    /// Has the other end of a connection pass a descriptor.
    ///
    /// @return the text that came with it
    private String received(ToIntFunction<EpollDomainSocketChannel> descriptor, InheritedSockets into)
            throws IOException {
        Path path = directory.resolve("passing");
        listen(path, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                EpollDomainSocketChannel channel = (EpollDomainSocketChannel) context.channel();
                assertThat(DescriptorPassing.isPossible(channel)).isTrue();
                ByteBuf bytes = Unpooled.copiedBuffer("with the socket", StandardCharsets.UTF_8);
                DescriptorPassing.send(channel, bytes, descriptor.applyAsInt(channel));
                bytes.release();
                context.writeAndFlush(Unpooled.copiedBuffer(", more", StandardCharsets.UTF_8))
                        .addListener(sent -> channel.shutdownOutput());
            }
        });
        StringBuilder text = new StringBuilder();
        List<Integer> descriptors = new ArrayList<>();
        try (DescriptorStream stream = DescriptorStream.connect(path.toString(), PATIENCE)) {
            byte[] chunk = new byte[100];
            for (int count = stream.read(chunk); count > 0; count = stream.read(chunk)) {
                text.append(new String(chunk, 0, count, StandardCharsets.UTF_8));
            }
            descriptors.addAll(stream.takeDescriptors());
        }
        assertThat(descriptors).hasSize(1);
        into.add(descriptors.getFirst());
        return text.toString();
    }

    private EpollServerSocketChannel listenOnTcp() {
        return (EpollServerSocketChannel) new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private EpollServerDomainSocketChannel listen(Path path, ChannelInboundHandlerAdapter handler) {
        return (EpollServerDomainSocketChannel) new ServerBootstrap()
                .group(loops)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(handler)
                .bind(new DomainSocketAddress(path.toFile()))
                .syncUninterruptibly()
                .channel();
    }
}
