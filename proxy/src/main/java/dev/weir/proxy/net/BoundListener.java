package dev.weir.proxy.net;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is being listened on.
 *
 * @param kind who is expected
 * @param channel the socket
 * @param socketFile the file to remove in the end, null for TCP and the abstract namespace
 */
public record BoundListener(
        Listener.Kind kind, Channel channel, @Nullable UnixSocketFile socketFile) {

    /** Where it listens; the real port where an ephemeral one was asked for. */
    public SocketAddress address() {
        return channel.localAddress();
    }

    public boolean isUnix() {
        return Transport.isUnix(address());
    }

    /** Stops listening; what was accepted stays. */
    public void close() {
        channel.close();
        if (socketFile != null) {
            socketFile.delete();
        }
    }
}
