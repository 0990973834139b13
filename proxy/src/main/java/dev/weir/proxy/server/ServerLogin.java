package dev.weir.proxy.server;

import dev.weir.config.ChannelBinding;
import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.auth.ServerAuthentication;
import dev.weir.proxy.auth.ServerAuthentication.Outcome;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.tls.ServerNegotiation;
import dev.weir.proxy.tls.TlsSession;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in to PostgreSQL: startup packet, authentication, reported parameters, cancel key, first ReadyForQuery ("Message
 * Flow", "Start-up").
 *
 * <p>Confined to the connection's event loop; only the derivation of SCRAM keys runs elsewhere.
 */
final class ServerLogin implements MessageSink, ServerNegotiation.Outcome {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServerLogin.class);

    private static final int PROTOCOL_3_0 = 3 << 16;
    /** Nothing that a server says during a login is longer. */
    private static final int MESSAGE_BYTES_MAX = 1 << 16;

    private final ServerConnection server;
    private final Channel channel;
    private final Executor derivations;
    private final ServerAuthentication authentication;
    private final MessageFramer framer;
    private ReportedParameters reported = ReportedParameters.NONE;
    private BackendKey backendKey = BackendKey.NONE;
    private @Nullable TlsSession tls;
    private @Nullable PgError refusal;
    private boolean authenticated;
    private boolean done;

    ServerLogin(
            ServerConnection server, Channel channel, ScramKeyCache keys, SecureRandom random, Executor derivations) {
        this.server = server;
        this.channel = channel;
        this.derivations = derivations;
        ServerTarget target = server.target();
        this.authentication = new ServerAuthentication(
                target.user(),
                target.credentials().secret(),
                target.credentials().clientKeys(),
                keys,
                random);
        byte[] askAll = new byte[256];
        Arrays.fill(askAll, MessageFramer.ASK);
        this.framer = new MessageFramer(this, channel.alloc(), askAll);
    }

    @Override
    public void onSettled(@Nullable TlsSession session, ChannelBinding binding) {
        tls = session;
        if (session != null) {
            authentication.onEncrypted(session.serverEndPoint(), binding);
        }
    }

    @Override
    public void onFailed(String reason) {
        server.fail(reason, null);
    }

    /** The connection stands: says hello. */
    void start() {
        server.onConnected();
        if (tls != null) {
            LOGGER.info("{} SSL established: {}", server, tls);
        }
        ServerTarget target = server.target();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", target.user());
        parameters.put("database", target.database());
        parameters.putAll(target.parameters());
        ByteBuf out = channel.alloc().buffer(256);
        Messages.startup(out, PROTOCOL_3_0, parameters);
        channel.writeAndFlush(out);
    }

    boolean isDone() {
        return done;
    }

    /** Why PostgreSQL refuses, once it has said so. */
    @Nullable
    PgError refusal() {
        return refusal;
    }

    /** Takes the next bytes; owns them. */
    void read(ByteBuf in) {
        framer.read(in);
    }

    void release() {
        framer.release();
    }

    @Override
    public int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (done) {
            return onUnasked(type, in, bodyStart, bodyLength, available);
        }
        if (bodyLength > MESSAGE_BYTES_MAX) {
            throw new ProtocolViolation("server login message of " + bodyLength + " bytes");
        }
        if (available < bodyLength) {
            return NEED_MORE;
        }
        switch (type) {
            case BackendType.AUTHENTICATION -> onAuthentication(in.slice(bodyStart, bodyLength));
            case BackendType.PARAMETER_STATUS -> {
                FieldReader body = new FieldReader(in, bodyStart, bodyLength);
                reported = reported.with(body.cStringLossy(), body.cStringLossy());
            }
            case BackendType.BACKEND_KEY_DATA -> {
                FieldReader body = new FieldReader(in, bodyStart, bodyLength);
                backendKey = new BackendKey(body.int32(), body.rest());
            }
            case BackendType.ERROR_RESPONSE -> {
                refusal = PgError.read(in, bodyStart, bodyLength);
                server.fail("login failed: " + refusal.message(), refusal);
            }
            case BackendType.NOTICE_RESPONSE, BackendType.NEGOTIATE_PROTOCOL_VERSION -> {
                // neither changes the login
            }
            case BackendType.READY_FOR_QUERY -> onReady();
            default -> throw new ProtocolViolation("server sent " + BackendType.name(type) + " during the login");
        }
        return DISCARD;
    }

    /** Who leaves AuthenticationOk out would have been asked for no proof of its own either. */
    private void onReady() {
        if (!authenticated) {
            throw new ProtocolViolation("server ended the login without AuthenticationOk");
        }
        if (server.state() == ServerState.LOGGING_IN) {
            done = true;
            server.onLoggedIn(reported, backendKey);
        }
    }

    /** What PostgreSQL may say at any time, behind the login in the same bytes. */
    private int onUnasked(byte type, ByteBuf in, int bodyStart, int bodyLength, int available) {
        if (available < bodyLength) {
            throw new ProtocolViolation("server sent a message in two pieces behind the login");
        }
        switch (type) {
            case BackendType.PARAMETER_STATUS -> {
                FieldReader body = new FieldReader(in, bodyStart, bodyLength);
                server.settings().onReported(body.cStringLossy(), body.cStringLossy());
            }
            case BackendType.NOTICE_RESPONSE, BackendType.NOTIFICATION_RESPONSE -> {
                // nobody is there to hear it
            }
            default -> throw new ProtocolViolation("server sent " + BackendType.name(type) + " behind the login");
        }
        return DISCARD;
    }

    @Override
    public void onRun(ByteBuf run) {
        run.release(); // every message of a login is discarded once it was understood
    }

    private void onAuthentication(ByteBuf body) {
        ByteBuf out = channel.alloc().buffer(256);
        boolean written = false;
        try {
            Outcome outcome = authentication.onAuthentication(body, out);
            written = proceed(outcome, out);
        } finally {
            if (!written) {
                out.release();
            }
        }
    }

    /** @return whether {@code out} was handed over */
    private boolean proceed(Outcome outcome, ByteBuf out) {
        switch (outcome) {
            case Outcome.Continue() -> {
                channel.writeAndFlush(out);
                return true;
            }
            case Outcome.Ok() -> {
                authenticated = true;
                return false;
            }
            case Outcome.Failure(String reason) -> {
                // Nothing that another attempt would change: who waits is told, as by a refusal of the server's own.
                server.fail(reason, PgError.fatal(SqlState.PROTOCOL_VIOLATION, reason));
                return false;
            }
            case Outcome.Derive(Runnable work) -> {
                derive(work);
                return false;
            }
        }
    }

    private void derive(Runnable work) {
        derivations.execute(() -> {
            work.run();
            channel.eventLoop().execute(() -> {
                if (server.state() == ServerState.LOGGING_IN) {
                    ByteBuf out = channel.alloc().buffer(256);
                    if (!proceed(authentication.resume(out), out)) {
                        out.release();
                    }
                }
            });
        });
    }
}
