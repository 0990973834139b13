package dev.weir.proxy.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has taken in or is to send and is not done with. Immutable.
 *
 * @param held bytes read that wait for more of their message, or for their turn
 * @param streaming bytes still to come of the message that passes through
 * @param unsent bytes written that the kernel has not taken, with Netty's own overhead
 */
public record BytesInFlight(int held, long streaming, long unsent) {

    /** Nothing. */
    public static final BytesInFlight NONE = new BytesInFlight(0, 0, 0);

    /** Those of a connection; to be called on its event loop. */
    public static BytesInFlight of(MessageFramer incoming, Channel channel) {
        @Nullable ChannelOutboundBuffer outgoing = channel.unsafe().outboundBuffer(); // null once it is closed
        return new BytesInFlight(
                incoming.heldBytes(),
                incoming.streamingBytes(),
                outgoing == null ? 0 : outgoing.totalPendingWriteBytes());
    }
}
