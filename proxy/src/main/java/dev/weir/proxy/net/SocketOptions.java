package dev.weir.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Options of TCP sockets on both sides.
 *
 * @param keepAlive {@code tcp_keepalive}
 * @param keepIdle {@code tcp_keepidle}; zero leaves it to the kernel, as for the following
 * @param keepInterval {@code tcp_keepintvl}
 * @param keepCount {@code tcp_keepcnt}
 * @param userTimeout {@code tcp_user_timeout}
 * @param socketBufferBytes {@code tcp_socket_buffer}
 */
public record SocketOptions(
        boolean keepAlive,
        Duration keepIdle,
        Duration keepInterval,
        int keepCount,
        Duration userTimeout,
        int socketBufferBytes) {

    /** Applies them to a connection; what the platform or the kind of socket lacks is left out. */
    public void applyTo(Channel channel) {
        if (!(channel.remoteAddress() instanceof InetSocketAddress)) {
            return;
        }
        ChannelConfig config = channel.config();
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.SO_KEEPALIVE, keepAlive);
        if (socketBufferBytes > 0) {
            config.setOption(ChannelOption.SO_SNDBUF, socketBufferBytes);
            config.setOption(ChannelOption.SO_RCVBUF, socketBufferBytes);
        }
        if (keepAlive) {
            setIfPositive(
                    config, EpollChannelOption.TCP_KEEPIDLE, IoUringChannelOption.TCP_KEEPIDLE, seconds(keepIdle));
            setIfPositive(
                    config,
                    EpollChannelOption.TCP_KEEPINTVL,
                    IoUringChannelOption.TCP_KEEPINTVL,
                    seconds(keepInterval));
            setIfPositive(config, EpollChannelOption.TCP_KEEPCNT, IoUringChannelOption.TCP_KEEPCNT, keepCount);
        }
        setIfPositive(config, EpollChannelOption.TCP_USER_TIMEOUT, IoUringChannelOption.TCP_USER_TIMEOUT, (int)
                userTimeout.toMillis());
    }

    private static int seconds(Duration duration) {
        return duration.isZero() ? 0 : (int) Math.max(1, duration.toSeconds());
    }

    private static void setIfPositive(
            ChannelConfig config, ChannelOption<Integer> epoll, ChannelOption<Integer> uring, int value) {
        if (value > 0 && !config.setOption(epoll, value)) {
            config.setOption(uring, value); // each answers false where the transport does not know the option
        }
    }
}
