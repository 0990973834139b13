package dev.weir.proxy.client;

import dev.weir.proxy.tls.TlsSession;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.StartupPacket;
import dev.weir.proxy.wire.StartupReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Whether and how a client's connection is encrypted. Confined to its event loop. */
final class ClientEncryption {

    private final Channel channel;
    private @Nullable TlsSession session;

    ClientEncryption(Channel channel) {
        this.channel = channel;
    }

    /**
     * Answers an SSLRequest or a GSSENCRequest.
     *
     * @param behind what has arrived behind it
     * @throws ProtocolViolation if that is not nothing
     */
    void answer(StartupPacket request, ByteBuf behind) {
        StartupReader.refuseBytesBehind(request, behind);
        ByteBuf out = channel.alloc().buffer(1);
        out.writeByte('N');
        channel.writeAndFlush(out);
    }

    /** What the handshake has settled; null without TLS. */
    @Nullable
    TlsSession session() {
        return session;
    }
}
