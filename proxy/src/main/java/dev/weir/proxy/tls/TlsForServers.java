package dev.weir.proxy.tls;

import dev.weir.config.ChannelBinding;
import dev.weir.config.tls.TlsSide;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** TLS towards servers as one configuration has it. Immutable, thread-safe. */
public final class TlsForServers {

    private final TlsSide side;
    private final SslContext context;
    private final boolean direct;
    private final ChannelBinding binding;
    private final Executor tasks;

    TlsForServers(TlsSide side, SslContext context, boolean direct, ChannelBinding binding, Executor tasks) {
        this.side = side;
        this.context = context;
        this.direct = direct;
        this.binding = binding;
        this.tasks = tasks;
    }

    /** Whether a server that has no TLS is no server for us. */
    boolean isRequired() {
        return side.isRequired();
    }

    ChannelBinding binding() {
        return binding;
    }

    /** Whether TLS begins without asking. */
    boolean isDirect() {
        return direct;
    }

    /** Puts the encryption before a handler and begins the handshake. */
    void begin(Channel channel, String before, String host, int port) {
        SslHandler handler = TlsHandlers.limited(context.newHandler(channel.alloc(), host, port, tasks), side);
        channel.pipeline().addBefore(before, "tls", handler);
        channel.pipeline().addBefore(before, "tls end", TlsHandlers.END);
    }

    /** What a handshake that has succeeded has settled. Called on the channel's loop. */
    TlsSession session(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        X509Certificate shown = TlsSessions.certificate(handler.engine().getSession());
        byte @Nullable [] endPoint = shown == null || binding == ChannelBinding.DISABLE ? null : EndPoint.of(shown);
        return TlsSessions.of(channel, side.verifies(), endPoint);
    }
}
