package dev.weir.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that is being listened on.
 *
 * @param kind who is expected
 * @param channel the socket
 * @param address where it listens; the real port where an ephemeral one was asked for
 * @param socketFile the file to remove in the end, null for TCP and the abstract namespace
 * @param lent whether it belongs to the service manager, who listens on it before and after
 */
public record BoundListener(
        Listener.Kind kind,
        Channel channel,
        SocketAddress address,
        @Nullable UnixSocketFile socketFile,
        boolean lent) {

    private static final Logger LOGGER = LoggerFactory.getLogger(BoundListener.class);

    public boolean isUnix() {
        return Transport.isUnix(address);
    }

    /** The number of its descriptor in this process; -1 where the transport cannot share its sockets. */
    public int descriptor() {
        return switch (channel) {
            case UnixChannel unix -> unix.fd().intValue();
            default -> -1;
        };
    }

    /** Begins to accept on a socket that was taken over. */
    void accept(int backlog) {
        try {
            NativeSockets.listen(descriptor(), backlog);
        } catch (IOException e) {
            LOGGER.warn("cannot set the backlog of {}: {}", address, e.getMessage());
        }
        // A task of its own: what accepts connections is added by the loop behind the registration.
        channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
    }

    /** Stops listening; what was accepted stays. */
    public void close() {
        if (lent) {
            letGo();
            return;
        }
        channel.close();
        if (socketFile != null) {
            socketFile.delete();
        }
    }

    /** Leaves the socket to another process that has it too: neither its file is touched nor the socket shut down. */
    void letGo() {
        if (!(channel instanceof UnixChannel unix)) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(false);
        // Closing the channel would remove the socket's file; so only the descriptor is closed.
        channel.deregister().addListener(gone -> {
            try {
                unix.fd().close();
            } catch (IOException e) {
                LOGGER.warn("cannot close the listening socket {}: {}", address, e.getMessage());
            }
        });
    }
}
