package dev.weir.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the header of the PROXY protocol, version 1 or 2, off the beginning of a connection that a load balancer has made, and
 * makes the address in it the client's. Only when it is there do the handlers behind hear that the connection stands.
 *
 * <p>Confined to the connection's event loop.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {

    private static final Logger LOGGER = LoggerFactory.getLogger(ProxyHeader.class);

    private static final AttributeKey<InetSocketAddress> CLIENT = AttributeKey.valueOf("dev.weir.proxied");

    /** What headers of the two versions begin with. */
    private static final byte VERSION_1 = 'P';

    private static final byte VERSION_2 = '\r';

    private final Duration patience;
    private @Nullable Future<?> timeout;
    private boolean begun;
    private boolean over;

    private ProxyHeader(Duration patience) {
        this.patience = patience;
    }

    /**
     * Expects a header on a connection that is not active yet; handlers for what follows are to be added behind.
     *
     * @param patience how long it may take to come; zero for any time
     */
    static void expect(Channel channel, Duration patience) {
        ProxyHeader header = new ProxyHeader(patience);
        // In front of the decoder for what is no header, behind it for what is.
        channel.pipeline().addLast(header.new Gate(), new HAProxyMessageDecoder(true), header);
    }

    /** Where a client comes from: what a trusted load balancer has said, else the other end of the connection. */
    static @Nullable SocketAddress clientOf(Channel channel) {
        InetSocketAddress proxied = channel.attr(CLIENT).get();
        return proxied == null ? channel.remoteAddress() : proxied;
    }

    /** Looks at the first byte: the decoder would wait for more of what can never become a header. */
    private final class Gate extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (!begun && in.isReadable()) {
                begun = true;
                byte first = in.getByte(in.readerIndex());
                if (first != VERSION_1 && first != VERSION_2) {
                    in.release();
                    refuse(context, "no PROXY protocol header from " + PeerIdentity.describe(context.channel()));
                    return;
                }
            }
            context.fireChannelRead(in);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!patience.isZero()) {
            timeout = context.executor()
                    .schedule(
                            () -> refuse(context, "client_login_timeout, waiting for a PROXY protocol header"),
                            patience.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            end();
            // LOCAL is the load balancer itself, which looks whether somebody is there.
            if (header.command() == HAProxyCommand.PROXY) {
                InetSocketAddress source = source(header);
                if (source != null) {
                    context.channel().attr(CLIENT).set(source);
                }
            }
        } finally {
            header.release();
        }
        context.fireChannelActive();
        context.pipeline().remove(Gate.class);
        context.pipeline().remove(this);
    }

    private static @Nullable InetSocketAddress source(HAProxyMessage header) {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        String address = header.sourceAddress();
        if (address == null || (family != AddressFamily.AF_IPv4 && family != AddressFamily.AF_IPv6)) {
            return null; // a Unix socket of the load balancer's, or it does not know
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        try {
            return bytes == null ? null : new InetSocketAddress(InetAddress.getByAddress(bytes), header.sourcePort());
        } catch (IOException impossible) {
            throw new IllegalArgumentException(impossible); // only for a wrong number of bytes
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        // Nobody behind has heard that it ever was active.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            context.close();
        } else {
            refuse(context, "bad PROXY protocol header: " + cause.getMessage());
        }
    }

    private void refuse(ChannelHandlerContext context, String reason) {
        if (!over) {
            end();
            LOGGER.warn("{}", reason);
            context.close();
        }
    }

    private void end() {
        over = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
    }
}
