package dev.weir.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends descriptors along with bytes (`SCM_RIGHTS`) over a channel of Netty's, past its queue. Called on the channel's
/// loop.
public final class DescriptorPassing {

    private static final Logger LOGGER = LoggerFactory.getLogger(DescriptorPassing.class);

    private DescriptorPassing() {}

    /// Whether the channel can carry descriptors, and its peer may have them: it runs under the same user.
    public static boolean isPossible(Channel channel) {
        return channel instanceof UnixChannel && PeerIdentity.isOwnUser(channel);
    }

    /// Sends bytes and a descriptor with the first of them. Everything written to the channel before must have left it.
    ///
    /// @param bytes what to send; the reader index moves behind what has been sent
    /// @return whether the descriptor went; nothing was sent otherwise
    public static boolean send(Channel channel, ByteBuf bytes, int descriptor) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        if (waiting == null || !waiting.isEmpty()) {
            return false;
        }
        try {
            int socket = ((UnixChannel) channel).fd().intValue();
            bytes.skipBytes(NativeSockets.sendWithDescriptor(socket, ByteBufUtil.getBytes(bytes), descriptor));
            return true;
        } catch (IOException e) {
            LOGGER.warn("cannot pass a descriptor: {}", e.getMessage());
            return false;
        }
    }
}
