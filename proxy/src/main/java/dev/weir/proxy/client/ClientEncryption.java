package dev.weir.proxy.client;

import dev.weir.proxy.tls.TlsForClients;
import dev.weir.proxy.tls.TlsSession;
import dev.weir.proxy.wire.ForeignProtocol;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.StartupPacket;
import dev.weir.proxy.wire.StartupReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how a client's connection is encrypted ("Message Flow", "SSL Session Encryption"): never through a Unix socket.
 * Confined to its event loop.
 */
final class ClientEncryption {

    private final Channel channel;
    /** As it was when the client came; null for none. */
    private final @Nullable TlsForClients tls;

    private boolean spoken;
    private boolean handshaking;
    private @Nullable TlsSession session;

    ClientEncryption(ClientServices services, Channel channel) {
        this.channel = channel;
        this.tls = channel.remoteAddress() instanceof InetSocketAddress
                ? services.tls().clients()
                : null;
    }

    /**
     * Begins a handshake if these, the first bytes of the client, begin one; takes them then.
     *
     * @return whether they do
     */
    boolean beginsWith(ByteBuf first) {
        boolean direct = !spoken && ForeignProtocol.isTls(first);
        spoken = true;
        if (tls == null || !direct) {
            return false;
        }
        handshaking = true;
        tls.begin(channel, true);
        channel.pipeline().fireChannelRead(first);
        return true;
    }

    /**
     * Answers an SSLRequest or a GSSENCRequest.
     *
     * @param behind what has arrived behind it
     * @throws ProtocolViolation if that is not nothing, or the connection is encrypted already
     */
    void answer(StartupPacket request, ByteBuf behind) {
        if (session != null) {
            throw new ProtocolViolation("SSL req inside SSL");
        }
        StartupReader.refuseBytesBehind(request, behind);
        ByteBuf out = channel.alloc().buffer(1);
        if (tls == null || !(request instanceof StartupPacket.SslRequest)) {
            channel.writeAndFlush(out.writeByte('N'));
            return;
        }
        channel.writeAndFlush(out.writeByte('S'));
        handshaking = true;
        tls.begin(channel, false);
    }

    /** The handshake has succeeded. */
    void onHandshake() {
        handshaking = false;
        session = tls == null ? null : tls.session(channel);
    }

    /** Whether nothing can be said to the client, neither plain nor encrypted. */
    boolean isHandshaking() {
        return handshaking;
    }

    /** Whether the client must not log in, because it has not encrypted what it could have. */
    boolean isMissing() {
        return tls != null && tls.isRequired() && session == null;
    }

    /** What the handshake has settled; null without TLS. */
    @Nullable
    TlsSession session() {
        return session;
    }
}
