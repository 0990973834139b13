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
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    private final boolean sharesPorts;
    private final InheritedSockets inherited;
    private final Acceptor acceptor;
    private final Supplier<ProxyTrust> proxies;
    private final List<BoundListener> bound = new CopyOnWriteArrayList<>();
    /** Those taken over that do not accept yet. */
    private final List<BoundListener> silent = new CopyOnWriteArrayList<>();

    private volatile @Nullable OldProcessSocket own;

    /**
     * @param sharesPorts whether several processes may listen on one port ({@code so_reuseport})
     * @param inherited sockets of another process, to be used in place of new ones
     * @param proxies from whom connections of clients begin with a PROXY header
     */
    public Listeners(
            EventLoops loops,
            int backlog,
            boolean sharesPorts,
            InheritedSockets inherited,
            Acceptor acceptor,
            Supplier<ProxyTrust> proxies) {
        this.loops = loops;
        this.backlog = backlog;
        this.sharesPorts = sharesPorts;
        this.inherited = inherited;
        this.acceptor = acceptor;
        this.proxies = proxies;
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
            for (InetSocketAddress address : addresses(host, taken)) {
                OptionalInt descriptor = inherited.take(address);
                BoundListener listener = descriptor.isPresent()
                        ? adopt(kind, descriptor.getAsInt(), null)
                        : bind(kind, address, host + ":" + taken, null);
                InetSocketAddress local = (InetSocketAddress) listener.address();
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

    private static List<InetSocketAddress> addresses(String host, int port) throws IOException {
        if (host.equals("*")) {
            return List.of(new InetSocketAddress(port)); // both families
        }
        try {
            List<InetSocketAddress> addresses = new ArrayList<>();
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
        String path = UnixSocketFile.pathIn(directory, port);
        UnixSocketFile file = directory.startsWith("@") ? null : new UnixSocketFile(Path.of(path));
        OptionalInt descriptor = inherited.take(path);
        if (descriptor.isPresent()) {
            adopt(kind, descriptor.getAsInt(), file);
        } else {
            if (file != null) {
                file.prepare();
            }
            bind(kind, loops.transport().unixAddress(path), "unix:" + path, file);
        }
        if (file != null) {
            file.protect(mode, group);
        }
        LOGGER.info("listening on unix:{}", path);
    }

    private BoundListener bind(Listener.Kind kind, SocketAddress address, String shown, @Nullable UnixSocketFile file)
            throws IOException {
        BoundListener listener = listen(kind, address, shown, file);
        bound.add(listener);
        return listener;
    }

    private BoundListener listen(Listener.Kind kind, SocketAddress address, String shown, @Nullable UnixSocketFile file)
            throws IOException {
        ServerBootstrap bootstrap = bootstrap(kind).channel(loops.transport().listener(address));
        if (!Transport.isUnix(address)) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
            if (sharesPorts) {
                bootstrap.option(loops.transport().reusePort(), true);
            }
        }
        Channel channel = await(bootstrap.bind(address), "cannot listen on " + shown);
        return new BoundListener(kind, channel, channel.localAddress(), file, false);
    }

    /** Listens on a socket that another process has opened; begins to accept with {@link #acceptInherited}. */
    private BoundListener adopt(Listener.Kind kind, int descriptor, @Nullable UnixSocketFile file) throws IOException {
        ServerBootstrap bootstrap = bootstrap(kind)
                .channelFactory(() -> loops.transport().adopt(descriptor, file != null))
                .option(ChannelOption.AUTO_READ, false);
        Channel channel = await(bootstrap.register(), "cannot listen on a socket that was taken over");
        SocketAddress address = file == null
                ? channel.localAddress()
                : loops.transport().unixAddress(file.path().toString());
        BoundListener listener = new BoundListener(kind, channel, address, file, false);
        bound.add(listener);
        silent.add(listener);
        return listener;
    }

    /**
     * Listens on a socket that the service manager has opened and keeps.
     *
     * @param descriptor of a socket that is being listened on
     * @return where that is
     * @throws IOException with a message for the operator
     */
    public SocketAddress listenOn(Listener.Kind kind, int descriptor) throws IOException {
        InheritedSockets.Given given = InheritedSockets.given(descriptor);
        String path = given.path();
        if (loops.transport() != Transport.EPOLL) {
            throw new IOException("sockets of the service manager need transport epoll");
        }
        NativeSockets.doNotBlock(descriptor);
        ServerBootstrap bootstrap =
                bootstrap(kind).channelFactory(() -> loops.transport().adopt(descriptor, path != null));
        bootstrap.option(ChannelOption.AUTO_READ, false);
        Channel channel = await(bootstrap.register(), "cannot listen on descriptor " + descriptor);
        // What accepts connections is added by the loop behind the registration.
        channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
        SocketAddress address =
                path == null ? channel.localAddress() : loops.transport().unixAddress(path);
        bound.add(new BoundListener(kind, channel, address, null, true));
        LOGGER.info("listening on {}", path == null ? shown((InetSocketAddress) address) : "unix:" + path);
        return address;
    }

    private ServerBootstrap bootstrap(Listener.Kind kind) {
        return new ServerBootstrap()
                .group(loops.group())
                .option(ChannelOption.SO_BACKLOG, backlog)
                .handler(new AcceptFailures())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Worker worker = loops.workerOf(channel.eventLoop());
                        ProxyTrust trust = proxies.get();
                        if (kind == Listener.Kind.CLIENTS && trust.isExpectedOf(channel)) {
                            ProxyHeader.expect(channel, trust.patience());
                        }
                        channel.pipeline().addLast(acceptor.accept(worker, kind));
                    }
                });
    }

    private static Channel await(ChannelFuture opening, String failure) throws IOException {
        opening.awaitUninterruptibly();
        if (!opening.isSuccess()) {
            throw new IOException(failure + ": " + opening.cause().getMessage(), opening.cause());
        }
        return opening.channel();
    }

    /** Begins to accept on the sockets that were taken over. Those that nobody wanted are closed. */
    public void acceptInherited() {
        silent.forEach(listener -> listener.accept(backlog));
        silent.clear();
        inherited.close();
    }

    /** What is being listened on. */
    public List<BoundListener> bound() {
        return List.copyOf(bound);
    }

    /**
     * Stops listening on TCP; Unix sockets stay. Where several processes share a port, a connection that the kernel has
     * put into the line of this socket would be reset with it; so new ones are turned to the other processes first.
     *
     * @return completes when the listeners are closed and every connection that they accepted is known
     */
    public CompletionStage<Void> closeTcp() {
        return close(listener -> !listener.isUnix());
    }

    /** The same, but operators are still heard where nobody else is. */
    public CompletionStage<Void> closeTcpForClients() {
        return close(listener -> !listener.isUnix() && listener.kind() == Listener.Kind.CLIENTS);
    }

    private CompletionStage<Void> close(Predicate<BoundListener> which) {
        List<BoundListener> closing = bound.stream().filter(which).toList();
        bound.removeAll(closing);
        boolean drains =
                sharesPorts && closing.stream().filter(SharedPort::refuseNew).count() > 0;
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Runnable close = () -> {
            closing.forEach(BoundListener::close);
            loops.passedOn().thenRun(() -> closed.complete(null));
        };
        if (drains) {
            loops.workers().getFirst().loop().schedule(close, SharedPort.DRAIN.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            close.run();
        }
        return closed;
    }

    /**
     * Leaves all sockets to another process that listens on them too. From here on only that process is heard, on a socket
     * of its own: operators, and cancel requests of clients that stayed here. Blocks; not to be called on a loop.
     *
     * @return completes when nothing is accepted any more and every connection that was is known
     */
    public CompletionStage<Void> handOver() {
        List<BoundListener> given = List.copyOf(bound);
        bound.removeAll(given);
        given.forEach(this::keepReachable);
        given.forEach(BoundListener::letGo);
        return loops.passedOn();
    }

    private void keepReachable(BoundListener listener) {
        UnixSocketFile file = listener.socketFile();
        if (file == null || listener.kind() != Listener.Kind.CLIENTS) {
            return;
        }
        OldProcessSocket socket =
                OldProcessSocket.of(file.path(), ProcessHandle.current().pid());
        try {
            socket.prepare();
            String path = socket.path().toString();
            socket.listener(listen(
                    Listener.Kind.CONSOLE,
                    loops.transport().unixAddress(path),
                    path,
                    new UnixSocketFile(socket.path())));
            own = socket;
            LOGGER.info("listening on unix:{} for operators and cancel requests", path);
        } catch (IOException e) {
            LOGGER.warn("cancel requests of the clients that stay here will be lost: {}", e.getMessage());
        }
    }

    /** Stops listening. */
    public void closeAll() {
        // What was taken over and never used still belongs to the other process.
        silent.forEach(BoundListener::letGo);
        bound.removeAll(silent);
        silent.clear();
        inherited.close();
        bound.forEach(BoundListener::close);
        bound.clear();
        OldProcessSocket socket = own;
        if (socket != null) {
            socket.close();
        }
    }
}
