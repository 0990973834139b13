package dev.weir.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the ClientHello before the handshake begins: a client that wants to speak another protocol (ALPN, RFC 7301) is
 * refused, lest somebody lets a browser talk to a database; one that began without an SSLRequest must name PostgreSQL's. Then
 * puts the encryption in its own place. Confined to its event loop.
 */
final class ClientHelloGate extends SslClientHelloHandler<Boolean> {

    /** PostgreSQL's name. */
    static final String PROTOCOL = "postgresql";

    private static final int HELLO_BYTES_MAX = 64 << 10;
    private static final int VERSION_AND_RANDOM_BYTES = 34;
    private static final int ALPN = 16;
    private static final byte[] PROTOCOL_BYTES = PROTOCOL.getBytes(StandardCharsets.US_ASCII);
    /** A record with the fatal alert no_application_protocol. */
    private static final byte[] NO_APPLICATION_PROTOCOL = {0x15, 3, 3, 0, 2, 2, 120};

    private final TlsForClients tls;
    private final boolean direct;

    ClientHelloGate(TlsForClients tls, boolean direct) {
        super(HELLO_BYTES_MAX);
        this.tls = tls;
        this.direct = direct;
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext context, @Nullable ByteBuf hello) {
        Boolean wanted = hello == null ? null : findAlpn(hello);
        return context.executor().newSucceededFuture(wanted == null ? !direct : wanted);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, Future<Boolean> allowed) {
        if (Boolean.TRUE.equals(allowed.getNow())) {
            context.pipeline().replace(this, "tls", tls.handler(context.alloc()));
            return;
        }
        String reason = direct ? "direct TLS without ALPN " + PROTOCOL : "ALPN without " + PROTOCOL;
        context.writeAndFlush(Unpooled.wrappedBuffer(NO_APPLICATION_PROTOCOL));
        context.fireUserEventTriggered(new SslHandshakeCompletionEvent(new SSLHandshakeException(reason)));
        context.close();
    }

    /**
     * Looks for PostgreSQL in the list of protocols.
     *
     * <pre>version 2, random 32, session id 1+n, ciphers 2+n, compressions 1+n, extensions 2+n: (type 2, length 2+n)…</pre>
     *
     * @param hello the body of a ClientHello, left unread
     * @return whether it is named, null if there is no list
     */
    static @Nullable Boolean findAlpn(ByteBuf hello) {
        try {
            ByteBuf in = hello.slice();
            in.skipBytes(VERSION_AND_RANDOM_BYTES);
            in.skipBytes(in.readUnsignedByte());
            in.skipBytes(in.readUnsignedShort());
            in.skipBytes(in.readUnsignedByte());
            if (!in.isReadable()) {
                return null;
            }
            ByteBuf extensions = in.readSlice(in.readUnsignedShort());
            while (extensions.isReadable()) {
                int type = extensions.readUnsignedShort();
                ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
                if (type == ALPN) {
                    return names(extension.readSlice(extension.readUnsignedShort()));
                }
            }
            return null;
        } catch (IndexOutOfBoundsException _) {
            return null; // the engine will say what is wrong with it
        }
    }

    private static boolean names(ByteBuf list) {
        while (list.isReadable()) {
            ByteBuf name = list.readSlice(list.readUnsignedByte());
            if (name.equals(Unpooled.wrappedBuffer(PROTOCOL_BYTES))) {
                return true;
            }
        }
        return false;
    }
}
