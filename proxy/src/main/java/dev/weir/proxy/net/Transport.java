package dev.weir.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** The kernel interface under the event loops, and the channel classes that go with it. Immutable. */
public enum Transport {
    /** Linux. */
    EPOLL(
            EpollServerSocketChannel.class,
            EpollSocketChannel.class,
            EpollServerDomainSocketChannel.class,
            EpollDomainSocketChannel.class,
            EpollDatagramChannel.class),
    /** Linux 5.9 and newer; Unix sockets too. */
    IO_URING(
            IoUringServerSocketChannel.class,
            IoUringSocketChannel.class,
            IoUringServerDomainSocketChannel.class,
            IoUringDomainSocketChannel.class,
            IoUringDatagramChannel.class),
    /** macOS and the BSDs. */
    KQUEUE(
            KQueueServerSocketChannel.class,
            KQueueSocketChannel.class,
            KQueueServerDomainSocketChannel.class,
            KQueueDomainSocketChannel.class,
            KQueueDatagramChannel.class),
    /** The JDK's own selectors, everywhere. */
    NIO(
            NioServerSocketChannel.class,
            NioSocketChannel.class,
            NioServerDomainSocketChannel.class,
            NioDomainSocketChannel.class,
            NioDatagramChannel.class);

    private final Class<? extends ServerChannel> tcpListener;
    private final Class<? extends Channel> tcp;
    private final Class<? extends ServerChannel> unixListener;
    private final Class<? extends Channel> unix;
    private final Class<? extends DatagramChannel> datagram;

    Transport(
            Class<? extends ServerChannel> tcpListener,
            Class<? extends Channel> tcp,
            Class<? extends ServerChannel> unixListener,
            Class<? extends Channel> unix,
            Class<? extends DatagramChannel> datagram) {
        this.tcpListener = tcpListener;
        this.tcp = tcp;
        this.unixListener = unixListener;
        this.unix = unix;
        this.datagram = datagram;
    }

    /** The best one that works on this machine. */
    public static Transport best() {
        if (Epoll.isAvailable()) {
            return EPOLL;
        }
        return KQueue.isAvailable() ? KQUEUE : NIO;
    }

    /** Whether this one works on this machine. */
    public boolean isAvailable() {
        return switch (this) {
            case EPOLL -> Epoll.isAvailable();
            case IO_URING -> IoUring.isAvailable();
            case KQUEUE -> KQueue.isAvailable();
            case NIO -> true;
        };
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case KQUEUE -> KQueueIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /** Channel class for a listener at this address. */
    public Class<? extends ServerChannel> listener(SocketAddress address) {
        return isUnix(address) ? unixListener : tcpListener;
    }

    /** The option that lets several processes listen on one port. */
    ChannelOption<Boolean> reusePort() {
        return this == NIO ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT) : UnixChannelOption.SO_REUSEPORT;
    }

    /**
     * A channel on a socket that another process has opened and listens on.
     *
     * @param unix whether it is a Unix socket
     * @throws UnsupportedOperationException unless this is {@link #EPOLL}
     */
    ServerChannel adopt(int descriptor, boolean unix) {
        if (this != EPOLL) {
            throw new UnsupportedOperationException(this + " opens its sockets itself");
        }
        return unix ? new EpollServerDomainSocketChannel(descriptor) : new EpollServerSocketChannel(descriptor);
    }

    /** Channel class for a connection to this address. */
    public Class<? extends Channel> connection(SocketAddress address) {
        return isUnix(address) ? unix : tcp;
    }

    /** Channel class for DNS. */
    public Class<? extends DatagramChannel> datagram() {
        return datagram;
    }

    /** The address of a Unix socket in the form this transport takes; a leading {@code @} means the abstract namespace. */
    public SocketAddress unixAddress(String path) {
        String name = path.startsWith("@") ? '\0' + path.substring(1) : path;
        return this == NIO
                ? UnixDomainSocketAddress.of(Path.of(path))
                : new io.netty.channel.unix.DomainSocketAddress(name);
    }

    /** Whether this is a Unix socket's address. */
    public static boolean isUnix(SocketAddress address) {
        return address instanceof io.netty.channel.unix.DomainSocketAddress
                || address instanceof UnixDomainSocketAddress;
    }
}
