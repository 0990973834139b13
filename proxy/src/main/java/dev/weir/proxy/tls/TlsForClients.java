package dev.weir.proxy.tls;

import dev.weir.config.tls.TlsSide;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** TLS towards clients as one configuration has it. Immutable, thread-safe. */
public final class TlsForClients {

    private final TlsSide side;
    private final SslContext context;
    private final byte @Nullable [] endPoint;
    private final Executor tasks;

    /** @param endPoint what logins are bound to, null for nothing */
    TlsForClients(TlsSide side, SslContext context, byte @Nullable [] endPoint, Executor tasks) {
        this.side = side;
        this.context = context;
        this.endPoint = endPoint;
        this.tasks = tasks;
    }

    /** Whether no client may go without over TCP. */
    public boolean isRequired() {
        return side.isRequired();
    }

    /**
     * From here on the connection is encrypted: what is written from now on, and what arrives. A
     * {@link io.netty.handler.ssl.SslHandshakeCompletionEvent} tells how the handshake has ended.
     *
     * @param direct whether nothing was said before
     */
    public void begin(Channel channel, boolean direct) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addFirst(TlsHandlers.END);
        pipeline.addFirst(new ClientHelloGate(this, direct));
        pipeline.addFirst(new HandshakeLimit());
    }

    SslHandler handler(ByteBufAllocator allocator) {
        return TlsHandlers.limited(context.newHandler(allocator, tasks), side);
    }

    /** What a handshake that has succeeded has settled. Called on the channel's loop. */
    public TlsSession session(Channel channel) {
        return TlsSessions.of(channel, side.verifies(), endPoint);
    }
}
