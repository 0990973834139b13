package dev.weir.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection behind a last message so that the peer gets to read it: a socket closed while bytes of the peer's lie
 * unread is reset, and the reset can overtake the message. So the sending side is closed first; what still arrives is thrown
 * away by the channel's handler until the peer closes too or a second has passed.
 */
public final class LingeringClose {

    private static final long LINGER_MILLIS = 1000;

    private LingeringClose() {}

    /** Sends {@code last}, then closes. Owns the buffer. Called on the channel's loop. */
    public static void after(Channel channel, ByteBuf last) {
        SslHandler encryption = channel.pipeline().get(SslHandler.class);
        channel.writeAndFlush(last).addListener(sent -> {
            if (!sent.isSuccess()) {
                channel.close();
            } else if (encryption == null) {
                finish(channel);
            } else {
                encryption.closeOutbound().addListener(told -> finish(channel)); // close_notify goes out before the end
            }
        });
        // Also when the peer reads nothing, so that the message cannot even be sent.
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void finish(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
            channel.config().setAutoRead(true);
        } else {
            channel.close();
        }
    }
}
