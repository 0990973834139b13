package dev.weir.proxy.client;

import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.cancel.CancelKeys;
import dev.weir.proxy.cancel.CancelRequests;
import dev.weir.proxy.cancel.OldProcesses;
import dev.weir.proxy.cancel.Peers;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.Listener;
import dev.weir.proxy.net.MemoryBudget;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.net.SocketOptions;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.TestPools;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.tls.TlsContexts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One client whose far end is the test, and a pooler on the test's thread whose PostgreSQL is the test too. */
final class ClientConversation implements AutoCloseable {

    static final byte[] STARTUP = startup(Map.of("user", "user", "database", "db"));

    static final SocketOptions OPTIONS = new SocketOptions(false, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO, 0);

    /** Two users and their passwords. */
    static final String USERS = "\"user\" \"secret\"\n\"boss\" \"secret\"\n";

    /** Bytes that there are; see {@link #memoryUsed}. */
    static final long MEMORY = 100;

    /** How many of {@link #MEMORY} are in use. */
    long memoryUsed;

    final TestPools pools;
    final CancelKeys cancelKeys;
    final ClientRegistry clients;
    final ClientServices services;
    final FakeConsole console = new FakeConsole();

    /** Key derivations that have been asked for. */
    final Queue<Runnable> derivations = new ArrayDeque<>();

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Worker worker;

    /** @param lines of the section {@code [pgbouncer]}, and more sections behind them */
    ClientConversation(String lines) {
        this(lines, USERS, Listener.Kind.CLIENTS);
    }

    ClientConversation(String lines, String userList, Listener.Kind listener) {
        pools = new TestPools(1, lines, userList);
        worker = pools.workers.getFirst();
        SecureRandom random = new SecureRandom();
        cancelKeys = new CancelKeys(random, () -> 0);
        clients = new ClientRegistry(pools.workers, pools::config);
        OldProcesses oldProcesses = new OldProcesses(Transport.NIO);
        oldProcesses.remember(List.of());
        services = new ClientServices(
                pools::config,
                pools.registry,
                clients,
                cancelKeys,
                new CancelRequests(
                        cancelKeys,
                        new Peers(
                                pools::config,
                                Transport.NIO,
                                (host, loop, callback) -> callback.accept(null),
                                new TlsContexts()),
                        oldProcesses),
                new StatementTexts(() -> 0L),
                new ScramKeyCache(10, random),
                Authenticators.create(new LearnedSecrets(), pools.registry, pools::config),
                random,
                derivations::add,
                new ConnectionIds(),
                new MemoryBudget(List.of(new MemoryBudget.Share("memory", () -> memoryUsed, MEMORY))),
                new TlsContexts());
        channel.config().setAllocator(allocator);
        channel.pipeline().addLast(new ClientHandler(services, console, worker, listener, OPTIONS));
        channel.pipeline().fireChannelActive();
    }

    static byte[] startup(Map<String, String> parameters) {
        return Frontend.startup(Frontend.PROTOCOL_3_0, parameters);
    }

    static byte[] password(String password) {
        return Frontend.password(Frontend.cString(password));
    }

    /** The client sends this. */
    void send(byte[]... bytes) {
        if (channel.isOpen()) {
            channel.writeInbound(allocator.buffer().writeBytes(Frontend.concat(bytes)));
        }
    }

    /** The client sends this byte by byte. */
    void sendSlowly(byte[] bytes) {
        for (byte each : bytes) {
            send(new byte[] {each});
        }
    }

    /** Servers let in all who knock. */
    void letIn() {
        pools.letIn();
    }

    void runDerivations() {
        for (Runnable next = derivations.poll(); next != null; next = derivations.poll()) {
            next.run();
            pools.run();
        }
    }

    /** The client closes. */
    void hangUp() {
        channel.close();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    Channel channel() {
        return channel;
    }

    /** The client's address as the log shows it. */
    String address() {
        return PeerIdentity.describe(channel);
    }

    Worker worker() {
        return worker;
    }

    /** What the client was sent since the last call. */
    byte[] received() {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            received.writeBytes(bytes);
            out.release();
        }
        return received.toByteArray();
    }

    /** The whole messages that the client was sent since the last call. */
    List<Message> messages() {
        ByteBuffer in = ByteBuffer.wrap(received());
        List<Message> messages = new ArrayList<>();
        while (in.hasRemaining()) {
            char type = (char) in.get();
            byte[] body = new byte[in.getInt() - Integer.BYTES];
            in.get(body);
            messages.add(new Message(type, body));
        }
        return messages;
    }

    /** Types of the messages that the client was sent since the last call; each ParameterStatus counts. */
    String types() {
        StringBuilder types = new StringBuilder();
        messages().forEach(message -> types.append(message.type()));
        return types.toString();
    }

    /** The error that the client was sent last before its connection was ended. */
    Message lastError() {
        List<Message> messages = messages();
        if (messages.isEmpty() || messages.getLast().type() != 'E') {
            throw new AssertionError("an error was expected, got " + messages);
        }
        return messages.getLast();
    }

    /** Fails unless nobody is counted any more. */
    void assertNobodyIsLeft() {
        boolean counted = clients.connections() != 0 || clients.loggingIn() != 0 || clients.consoles() != 0;
        pools.registry.databases().forEach(database -> require(database.group().clients() == 0, database.name()));
        pools.registry.users().forEach(user -> require(user.clients() == 0, user.name()));
        pools.registry.pools().forEach(pool -> require(pool.clients().get() == 0, pool.toString()));
        require(!counted, "all clients");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("somebody is left of " + what);
        }
    }

    /** Ends it; everything must have been let go. */
    @Override
    public void close() {
        channel.close();
        channel.runPendingTasks();
        channel.checkException();
        channel.finishAndReleaseAll();
        pools.close();
        assertNobodyIsLeft();
        long held = allocator.metric().usedHeapMemory();
        if (held != 0) {
            throw new AssertionError(held + " bytes were not released");
        }
    }

    /** A console that lets in {@code boss} and says nothing. */
    static final class FakeConsole implements ConsoleEntrance {

        final List<String> entered = new ArrayList<>();
        final StringBuilder heard = new StringBuilder();

        @Override
        public @Nullable Rank rankOf(String user) {
            return user.equals("boss") ? Rank.ADMIN : null;
        }

        @Override
        public void enter(
                Channel channel, ChannelHandler login, String user, Rank rank, CancelKey key, Listener listener) {
            entered.add(user + " " + rank);
            channel.pipeline().remove(login);
            channel.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
                    heard.append(in.toString(StandardCharsets.ISO_8859_1));
                }
            });
            channel.closeFuture().addListener(closed -> listener.onClosed("client close request"));
        }
    }
}
