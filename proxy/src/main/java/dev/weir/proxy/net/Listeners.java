package dev.weir.proxy.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All sockets on which clients and operators arrive. Binding blocks and is for the start; the rest is thread-safe. */
public final class Listeners {

    private static final Logger LOGGER = LoggerFactory.getLogger(Listeners.class);

    /** Makes the handler of an accepted connection. */
    @FunctionalInterface
    public interface Acceptor {
        ChannelHandler accept(Worker worker, Listener.Kind kind);
    }

    private final EventLoops loops;
    private final int backlog;
    private final Acceptor acceptor;
    private final List<BoundListener> bound = new CopyOnWriteArrayList<>();

    public Listeners(EventLoops loops, int backlog, Acceptor acceptor) {
        this.loops = loops;
        this.backlog = backlog;
        this.acceptor = acceptor;
    }

    /**
     * Listens on TCP.
     *
     * @param hosts names or addresses; {@code *} for all
     * @param port 0 for one that is free, the same for all hosts
     * @return the port that was taken
     * @throws IOException with a message for the operator
     */
    public int bindTcp(Listener.Kind kind, List<String> hosts, int port) throws IOException {
        int taken = port;
        for (String host : hosts) {
            for (SocketAddress address : addresses(host, taken)) {
                Channel channel = bind(kind, address, host + ":" + taken);
                bound.add(new BoundListener(kind, channel, null));
                InetSocketAddress local = (InetSocketAddress) channel.localAddress();
                taken = local.getPort();
                LOGGER.info("listening on {}", shown(local));
            }
        }
        return taken;
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static List<SocketAddress> addresses(String host, int port) throws IOException {
        if (host.equals("*")) {
            return List.of(new InetSocketAddress(port)); // both families
        }
        try {
            List<SocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.add(new InetSocketAddress(address, port));
            }
            return addresses;
        } catch (UnknownHostException e) {
            throw new IOException("cannot resolve listen address " + host, e);
        }
    }

    /**
     * Listens on a Unix socket.
     *
     * @param directory directory, or a name in the abstract namespace that begins with {@code @}
     * @throws IOException with a message for the operator
     */
    public void bindUnix(Listener.Kind kind, String directory, int port, int mode, String group) throws IOException {
        String path = directory + "/.s.PGSQL." + port;
        UnixSocketFile file = directory.startsWith("@") ? null : new UnixSocketFile(Path.of(path));
        if (file != null) {
            file.prepare();
        }
        Channel channel = bind(kind, loops.transport().unixAddress(path), "unix:" + path);
        bound.add(new BoundListener(kind, channel, file));
        if (file != null) {
            file.protect(mode, group);
        }
        LOGGER.info("listening on unix:{}", path);
    }

    private Channel bind(Listener.Kind kind, SocketAddress address, String shown) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.transport().listener(address))
                .option(ChannelOption.SO_BACKLOG, backlog)
                .handler(new AcceptFailures())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Worker worker = loops.workerOf(channel.eventLoop());
                        channel.pipeline().addLast(acceptor.accept(worker, kind));
                    }
                });
        if (!Transport.isUnix(address)) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        }
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + shown + ": " + binding.cause().getMessage(), binding.cause());
        }
        return binding.channel();
    }

    /** What is being listened on. */
    public List<BoundListener> bound() {
        return List.copyOf(bound);
    }

    /** Stops listening on TCP; Unix sockets stay. */
    public void closeTcp() {
        bound.removeIf(listener -> {
            if (listener.isUnix()) {
                return false;
            }
            listener.close();
            return true;
        });
    }

    /** Stops listening. */
    public void closeAll() {
        bound.forEach(BoundListener::close);
        bound.clear();
    }
}
