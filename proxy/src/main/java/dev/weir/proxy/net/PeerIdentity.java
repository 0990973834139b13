package dev.weir.proxy.net;

import com.sun.security.auth.module.UnixSystem;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection, as far as the kernel knows. */
public final class PeerIdentity {

    private static final String UNIX_WITH_PID = "unix(";

    private PeerIdentity() {}

    /** The address in the form of log lines: {@code host:port}, {@code [v6]:port}, {@code unix(pid):port}. */
    public static String describe(Channel channel) {
        if (addressOf(channel) instanceof InetSocketAddress address) {
            return describe(address);
        }
        PeerCredentials credentials = credentials(channel);
        return credentials == null ? "unix" : UNIX_WITH_PID + credentials.pid() + ")" + portOf(channel.localAddress());
    }

    /** {@code :6432} for {@code /tmp/.s.PGSQL.6432}, nothing for a socket of another name. */
    private static String portOf(@Nullable SocketAddress socket) {
        String path = String.valueOf(socket);
        int digits = path.lastIndexOf('.') + 1;
        return digits > 0 && digits < path.length() && path.chars().skip(digits).allMatch(Character::isDigit)
                ? ":" + path.substring(digits)
                : "";
    }

    /** Where a client comes from: what a trusted load balancer has said, else the other end of its connection. */
    public static @Nullable SocketAddress addressOf(Channel channel) {
        return ProxyHeader.clientOf(channel);
    }

    /** An address of either end in the same form; a Unix socket has nothing to tell. */
    public static String describe(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return "unix";
        }
        String host = inet.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }

    /** The process id in a description made by {@link #describe}; 0 when it tells none. */
    public static int pidIn(String description) {
        int end = description.indexOf(')');
        return description.startsWith(UNIX_WITH_PID) && end > 0
                ? Integer.parseInt(description, UNIX_WITH_PID.length(), end, 10)
                : 0;
    }

    /** Whether the peer came through a Unix socket and runs under the same user as this process. */
    public static boolean isOwnUser(Channel channel) {
        PeerCredentials credentials = credentials(channel);
        return credentials != null && credentials.uid() == new UnixSystem().getUid();
    }

    /** The number of the account under which the peer at a Unix socket runs; null if nobody knows. */
    public static @Nullable Integer userId(Channel channel) {
        PeerCredentials credentials = credentials(channel);
        return credentials == null ? null : credentials.uid();
    }

    private static @Nullable PeerCredentials credentials(Channel channel) {
        if (!(channel instanceof UnixChannel)) {
            return null;
        }
        try {
            return switch (channel) {
                case EpollDomainSocketChannel epoll -> epoll.peerCredentials();
                case IoUringDomainSocketChannel uring -> uring.peerCredentials();
                case KQueueDomainSocketChannel kqueue -> kqueue.peerCredentials();
                default -> null;
            };
        } catch (IOException gone) {
            return null; // the peer has closed already
        }
    }
}
