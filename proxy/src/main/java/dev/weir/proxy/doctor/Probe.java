package dev.weir.proxy.doctor;

import dev.weir.config.ChannelBinding;
import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.auth.ServerAuthentication;
import dev.weir.proxy.auth.ServerAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.doctor.ProbeFailed.Stage;
import dev.weir.proxy.tls.ServerNegotiation;
import dev.weir.proxy.tls.TlsCounters;
import dev.weir.proxy.tls.TlsForServers;
import dev.weir.proxy.tls.TlsSession;
import dev.weir.proxy.wire.BackendMessage;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// One connection to a server, made as the pooler makes it (the same negotiation of TLS, the same authentication), with
/// calls that block. For one thread.
final class Probe implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ScramKeyCache KEYS = new ScramKeyCache(64, RANDOM);

    /// What the negotiation has settled.
    ///
    /// @param session null for a connection that is not encrypted
    private record Settled(@Nullable TlsSession session, ChannelBinding binding) {}

    private final Channel channel;
    private final BlockingQueue<BackendMessage> arrived;
    private final Settled settled;
    private final Duration patience;

    private Probe(Channel channel, BlockingQueue<BackendMessage> arrived, Settled settled, Duration patience) {
        this.channel = channel;
        this.arrived = arrived;
        this.settled = settled;
        this.patience = patience;
    }

    /// Connects, and agrees on TLS.
    ///
    /// @param tls null for none
    /// @param host as configured, which a certificate may have to name
    /// @param patience for each step, and each whole answer
    static Probe open(
            EventLoop loop,
            SocketAddress address,
            @Nullable TlsForServers tls,
            String host,
            int port,
            Duration patience)
            throws ProbeFailed {
        BlockingQueue<BackendMessage> arrived = new LinkedBlockingQueue<>();
        CompletableFuture<Settled> settled = new CompletableFuture<>();
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(
                        address instanceof UnixDomainSocketAddress
                                ? NioDomainSocketChannel.class
                                : NioSocketChannel.class)
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(patience.toMillis()))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        if (tls != null) {
                            opened.pipeline()
                                    .addLast(new ServerNegotiation(
                                            tls, host, port, new TlsCounters(), outcome(settled)));
                        }
                        opened.pipeline().addLast(new ServerMessageDecoder(arrived));
                    }
                })
                .connect(address);
        connecting.awaitUninterruptibly();
        if (!connecting.isSuccess()) {
            Throwable cause = connecting.cause();
            String message = cause.getMessage();
            throw new ProbeFailed(Stage.CONNECT, message == null ? cause.toString() : message);
        }
        if (tls == null) {
            settled.complete(new Settled(null, ChannelBinding.DISABLE));
        }
        Channel channel = connecting.channel();
        try {
            return new Probe(channel, arrived, settled.get(patience.toMillis(), TimeUnit.MILLISECONDS), patience);
        } catch (ExecutionException e) {
            channel.close();
            Throwable cause = e.getCause();
            throw new ProbeFailed(Stage.TLS, cause == null ? e.toString() : String.valueOf(cause.getMessage()));
        } catch (TimeoutException _) {
            channel.close();
            throw ProbeFailed.silence(Stage.TLS, patience);
        } catch (InterruptedException _) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new ProbeFailed(Stage.TLS, "interrupted");
        }
    }

    private static ServerNegotiation.Outcome outcome(CompletableFuture<Settled> settled) {
        return new ServerNegotiation.Outcome() {
            @Override
            public void onSettled(@Nullable TlsSession session, ChannelBinding binding) {
                settled.complete(new Settled(session, binding));
            }

            @Override
            public void onFailed(String reason) {
                settled.completeExceptionally(new IllegalStateException(reason));
            }
        };
    }

    /// What TLS has settled; null for a connection that is not encrypted.
    @Nullable
    TlsSession tls() {
        return settled.session();
    }

    /// The certificate that the server has shown, checked or not; null for none.
    @Nullable
    X509Certificate certificate() {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return null;
        }
        try {
            return handler.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown
                    ? shown
                    : null;
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }

    /// Logs in, up to the first ReadyForQuery, within the patience.
    ///
    /// @param secret null if none is known
    void login(String user, String database, @Nullable StoredSecret secret) throws ProbeFailed {
        ServerAuthentication authentication = new ServerAuthentication(user, secret, null, KEYS, RANDOM);
        TlsSession session = settled.session();
        if (session != null) {
            authentication.onEncrypted(session.serverEndPoint(), settled.binding());
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", user);
        parameters.put("database", database);
        parameters.put("application_name", "weir doctor");
        ByteBuf out = Unpooled.buffer();
        Messages.startup(out, Messages.PROTOCOL_3_0, parameters);
        channel.writeAndFlush(out);
        boolean authenticated = false;
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            BackendMessage message = next(Stage.LOGIN, until);
            switch (message.type()) {
                case BackendType.AUTHENTICATION -> authenticated = answer(authentication, message);
                case BackendType.ERROR_RESPONSE -> throw refused(Stage.LOGIN, understood(Stage.LOGIN, message::error));
                case BackendType.READY_FOR_QUERY -> {
                    if (!authenticated) {
                        throw new ProbeFailed(Stage.LOGIN, "the server ended the login without AuthenticationOk");
                    }
                    return;
                }
                default -> {
                    // parameters, a cancel key and notices do not change the login
                }
            }
        }
    }

    private boolean answer(ServerAuthentication authentication, BackendMessage question) throws ProbeFailed {
        ByteBuf out = Unpooled.buffer();
        Outcome outcome = understood(
                Stage.LOGIN,
                () -> authentication.onAuthenticationBlocking(Unpooled.wrappedBuffer(question.body()), out));
        if (outcome instanceof Outcome.Failure failure) {
            throw new ProbeFailed(Stage.LOGIN, failure.reason());
        }
        channel.writeAndFlush(out);
        return outcome instanceof Outcome.Ok;
    }

    /// Runs one statement by the simple protocol and returns its rows.
    List<List<@Nullable String>> rows(String sql) throws ProbeFailed {
        ByteBuf out = Unpooled.buffer();
        Messages.query(out, sql);
        return run(out).rows();
    }

    /// Runs one statement with a parameter by the extended protocol, as `auth_query` is run.
    Answer ask(String sql, String parameter) throws ProbeFailed {
        ByteBuf out = Unpooled.buffer();
        Messages.parse(out, "", sql);
        Messages.bind(out, "", "", List.of(parameter));
        Messages.describe(out, 'P', "");
        Messages.execute(out, "", 1);
        Messages.sync(out);
        return run(out);
    }

    /// What a statement gave.
    ///
    /// @param columns how many columns its rows have
    record Answer(int columns, List<List<@Nullable String>> rows) {}

    private Answer run(ByteBuf out) throws ProbeFailed {
        channel.writeAndFlush(out);
        int columns = 0;
        List<List<@Nullable String>> rows = new ArrayList<>();
        PgError error = null;
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            BackendMessage message = next(Stage.QUERY, until);
            switch (message.type()) {
                case BackendType.ROW_DESCRIPTION ->
                    columns = understood(Stage.QUERY, () -> message.reader().count());
                case BackendType.DATA_ROW -> rows.add(understood(Stage.QUERY, message::columns));
                case BackendType.ERROR_RESPONSE -> error = understood(Stage.QUERY, message::error);
                case BackendType.READY_FOR_QUERY -> {
                    if (error != null) {
                        throw refused(Stage.QUERY, error);
                    }
                    return new Answer(columns, rows);
                }
                default -> {
                    // only rows are wanted
                }
            }
        }
    }

    /// What a message says; what makes no sense is a finding like any other.
    private static <T> T understood(Stage stage, Supplier<T> reading) throws ProbeFailed {
        try {
            return reading.get();
        } catch (RuntimeException e) {
            throw new ProbeFailed(stage, "the server's answer makes no sense: " + e.getMessage());
        }
    }

    /// @param until when the whole answer must be here, however often some of it comes
    private BackendMessage next(Stage stage, long until) throws ProbeFailed {
        try {
            long left = until - System.nanoTime();
            BackendMessage message = left > 0 ? arrived.poll(left, TimeUnit.NANOSECONDS) : null;
            if (message == null) {
                throw ProbeFailed.silence(stage, patience);
            }
            if (message.type() == BackendMessage.END) {
                throw new ProbeFailed(stage, "the server closed the connection");
            }
            return message;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ProbeFailed(stage, "interrupted");
        }
    }

    private static ProbeFailed refused(Stage stage, PgError error) {
        return new ProbeFailed(stage, error.message() + " (SQLSTATE " + error.sqlState() + ")", error);
    }

    /// Says goodbye.
    @Override
    public void close() {
        ByteBuf out = Unpooled.buffer();
        Messages.terminate(out);
        channel.writeAndFlush(out).addListener(_ -> channel.close());
    }
}
