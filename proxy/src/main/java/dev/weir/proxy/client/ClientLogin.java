package dev.weir.proxy.client;

import dev.weir.config.AuthType;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.ServerSettings;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.proxy.auth.ClientAuthentication;
import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.LingeringClose;
import dev.weir.proxy.net.Listener;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.time.Deadline;
import dev.weir.proxy.tls.TlsSession;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.Replication;
import dev.weir.proxy.wire.StartupPacket;
import dev.weir.proxy.wire.StartupReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client before it is logged in: encryption requests, cancel requests, startup packet, limits, authentication, and the wait
 * for a first server to be welcomed with ("Message Flow", "Start-up").
 *
 * <pre>
 *   STARTUP → AUTHENTICATING → WELCOMING → DONE
 * </pre>
 *
 * <p>Confined to the connection's event loop.
 */
public final class ClientLogin {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientLogin.class);

    /** The longest thing that is read before a login has succeeded. */
    private static final int HELD_BYTES_MAX = ClientAuthentication.MAX_PASSWORD_BODY_BYTES + 5;

    private enum Phase {
        STARTUP,
        AUTHENTICATING,
        WELCOMING,
        DONE
    }

    private final ClientServices services;
    private final ConsoleEntrance console;
    private final ClientHandler handler;
    private final Worker worker;
    private final Channel channel;
    private final Listener.Kind listener;
    private final long id;
    private final long connectedMillis = System.currentTimeMillis();
    private final long connectedNanos = System.nanoTime();
    private final String address;
    private final @Nullable Deadline deadline;
    private final ClientAdmission admission;
    private final ClientEncryption encryption;
    private Phase phase = Phase.STARTUP;
    private final LoginBytes bytes = new LoginBytes();

    // What the startup packet brought; see onStartup.
    private String user = "(nouser)";
    private String databaseName = "(nodb)";
    private int protocolMinor;
    private Map<String, String> passedOn = Map.of();
    private Replication replication = Replication.NONE;
    private SessionSettings settings = SessionSettings.NONE;
    private @Nullable DatabaseConfig database;
    private ConsoleEntrance.@Nullable Rank consoleRank;
    private @Nullable ClientProof proof;
    private @Nullable Reception reception;

    ClientLogin(
            ClientServices services,
            ConsoleEntrance console,
            ClientHandler handler,
            Worker worker,
            Channel channel,
            Listener.Kind listener) {
        this.services = services;
        this.console = console;
        this.handler = handler;
        this.worker = worker;
        this.channel = channel;
        this.listener = listener;
        this.id = services.ids().next();
        this.address = PeerIdentity.describe(channel);
        this.admission = new ClientAdmission(services);
        this.encryption = new ClientEncryption(services, channel);
        this.deadline =
                worker.deadlines().create(services.config().get(TimeoutSettings.CLIENT_LOGIN_TIMEOUT), this::onTimeout);
        if (deadline != null) {
            deadline.arm(connectedNanos);
        }
        services.clients().onLoginBegin(worker, this);
    }

    // ---- reading ----

    /** Takes bytes that arrived; owns them. */
    void read(ByteBuf in) {
        if (phase == Phase.DONE) {
            in.release();
            return;
        }
        if (phase == Phase.STARTUP && encryption.beginsWith(in)) {
            return;
        }
        ByteBuf all = bytes.append(in, channel.alloc());
        try {
            while (all.isReadable() && advance(all)) {
                // one packet after the other
            }
            if (phase != Phase.DONE && all.readableBytes() > HELD_BYTES_MAX) {
                throw new ProtocolViolation("too much data before the login has ended");
            }
        } catch (ProtocolViolation violation) {
            refuse(violation.error(), null);
        }
    }

    /** @return whether it may go on with what follows */
    private boolean advance(ByteBuf all) {
        return switch (phase) {
            case STARTUP -> readStartup(all);
            case AUTHENTICATING -> proof != null && proof.read(all);
            case WELCOMING, DONE -> false;
        };
    }

    private boolean readStartup(ByteBuf all) {
        StartupPacket packet = StartupReader.read(all);
        if (packet == null) {
            return false;
        }
        switch (packet) {
            case StartupPacket.SslRequest() -> encryption.answer(packet, all);
            case StartupPacket.GssEncRequest() -> encryption.answer(packet, all);
            case StartupPacket.CancelRequest(int pid, byte[] secret) -> {
                giveUp(); // from here on it is nobody's login
                services.clients().onCancelRequest(worker, this);
                services.cancelRequests().onRequest(pid, secret, this, worker, channel);
            }
            case StartupPacket.Startup startup -> onStartup(startup);
        }
        return true;
    }

    // ---- startup ----

    private void onStartup(StartupPacket.Startup startup) {
        WeirConfig config = services.config();
        ClientErrors errors = services.errors();
        if (encryption.isMissing()) {
            throw new ProtocolViolation(errors.encryptionRequired());
        }
        String name = startup.user();
        if (name == null) {
            throw new ProtocolViolation(errors.noUser());
        }
        user = name;
        String requested = startup.database();
        databaseName = requested == null ? name : requested;
        protocolMinor = ClientWelcome.negotiate(startup, channel);
        boolean toConsole = listener == Listener.Kind.CONSOLE || databaseName.equals(ConsoleEntrance.DATABASE);
        if (toConsole) {
            onConsoleStartup(errors);
            return;
        }
        services.turnNewcomerAway(channel, connectedNanos);
        replication = Replication.of(startup.parameters());
        settings = StartupSettings.read(startup.parameters(), replication, config, errors);
        if (config.get(ServerSettings.APPLICATION_NAME_ADD_HOST)) {
            settings = StartupSettings.withHost(settings, address);
        }
        passedOn = ReplicationReception.passedOn(startup.parameters(), settings, config);
        database = config.findDatabase(databaseName);
        admission.admit(database, user);
        if (config.get(AuthSettings.AUTH_TYPE) == AuthType.ANY && (database == null || database.forcedUser() == null)) {
            LOGGER.warn("{} auth_type=any requires forced user", this);
            throw new ProtocolViolation(errors.misconfigured());
        }
        authenticate();
    }

    private void onConsoleStartup(ClientErrors errors) {
        databaseName = ConsoleEntrance.DATABASE;
        if (user.equals(ConsoleEntrance.DATABASE) && PeerIdentity.isOwnUser(channel)) {
            consoleRank = ConsoleEntrance.Rank.ADMIN;
            services.logLogin(this);
            onAuthenticated(new ClientIdentity(user, null, false, null, null));
            return;
        }
        consoleRank = console.rankOf(user);
        if (consoleRank == null) {
            throw new ProtocolViolation(errors.consoleNotAllowed());
        }
        authenticate();
    }

    // ---- authentication ----

    private void authenticate() {
        services.logLogin(this);
        phase = Phase.AUTHENTICATING;
        LoginAttempt attempt = new LoginAttempt(
                this,
                user,
                databaseName,
                database,
                replication == Replication.PHYSICAL,
                worker,
                channel,
                encryption.session());
        ClientProof begun = new ClientProof(attempt, services, new ClientProof.Listener() {
            @Override
            public void onProved(ClientIdentity identity) {
                onAuthenticated(identity);
            }

            @Override
            public void onRequested() {
                if (bytes.isReadable()) {
                    worker.loop().execute(() -> read(Unpooled.EMPTY_BUFFER));
                }
            }

            @Override
            public void onRefused(PgError error, @Nullable String reason) {
                refuse(error, reason);
            }
        });
        proof = begun;
        begun.begin();
    }

    // ---- welcome ----

    private void onAuthenticated(ClientIdentity identity) {
        phase = Phase.WELCOMING;
        user = identity.user();
        if (consoleRank != null) {
            enterConsole(consoleRank);
            return;
        }
        DatabaseConfig found = database;
        if (found == null) {
            refuse(services.errors().noSuchDatabase(databaseName), null);
            return;
        }
        if (services.pools().database(found).isDisabled()) {
            refuse(services.errors().databaseDisabled(databaseName), null);
            return;
        }
        services.authenticators().learned().learn(found.name(), identity);
        Pool pool = services.pools().pool(found, user);
        Reception begun = replication == Replication.NONE
                ? new ClientReception(
                        pool, worker, settings, services.errors(), error -> onReceived(found, pool, error))
                : new ReplicationReception(
                        pool, worker, replication, passedOn, ready -> onReplicating(found, ready), this::refuse);
        reception = begun;
        begun.begin();
    }

    private void onReceived(DatabaseConfig found, Pool pool, @Nullable PgError error) {
        if (error != null) {
            refuse(error);
            return;
        }
        ByteBuf early = end();
        handler.startSession(ClientWelcome.begin(result(found), services, worker, channel, pool, admission), early);
    }

    private ClientLoginResult result(DatabaseConfig found) {
        return new ClientLoginResult(
                id, found, user, settings, protocolMinor, connectedMillis, connectedNanos, address, tls());
    }

    private void onReplicating(DatabaseConfig found, ReplicationReception ready) {
        ReplicationSession.begin(result(found), services, handler, channel, ready, admission);
        passOn(end());
    }

    private void passOn(@Nullable ByteBuf early) {
        if (early != null) {
            channel.pipeline().fireChannelRead(early).fireChannelReadComplete();
        }
    }

    private void enterConsole(ConsoleEntrance.Rank rank) {
        ByteBuf early = end();
        services.clients().onConsoleBegin(worker, this);
        CancelKey key = services.cancelKeys().create(protocolMinor);
        console.enter(channel, handler, user, rank, key, new ConsoleEntrance.Listener() {
            @Override
            public void onError(PgError error) {
                services.logPoolerError(ClientLogin.this, error);
            }

            @Override
            public void onClosed(String reason) {
                services.logClosing(ClientLogin.this, reason, connectedNanos);
                services.clients().onConsoleEnd(worker, ClientLogin.this);
            }
        });
        passOn(early);
    }

    // ---- ending ----

    private void onTimeout() {
        Pool pool = awaitedPool();
        PgError error = services.errors().loginTimeout(pool != null);
        refuse(pool == null ? error : error.withDetail(WaitReport.of(pool)), null);
    }

    /** Whose server the login waits for, if for any. */
    private @Nullable Pool awaitedPool() {
        if (reception != null) {
            return reception.pool();
        }
        return proof == null ? null : proof.pool();
    }

    /** A shutdown or a removed database ends the login. */
    public void refuse(PgError error) {
        refuse(error, null);
    }

    private void refuse(PgError error, @Nullable String logReason) {
        if (phase == Phase.DONE) {
            return;
        }
        PgError shown = error.endsSession() ? error : error.withSeverity(PgError.Severity.FATAL);
        services.onLoginRefused(this, database, shown, logReason, connectedNanos);
        giveUp();
        if (encryption.isHandshaking()) {
            channel.close();
            return;
        }
        ByteBuf out = channel.alloc().buffer(256);
        shown.write(out);
        LingeringClose.after(channel, out);
    }

    /** The TLS handshake has ended. */
    void onHandshake(SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
            encryption.onHandshake();
        } else if (phase != Phase.DONE) {
            services.logClosing(this, services.tls().onClientHandshakeFailed(handshake.cause()), connectedNanos);
            giveUp();
        }
    }

    /** The connection broke before the login had ended. */
    void onPeerClosed() {
        if (phase == Phase.DONE) {
            return;
        }
        if (bytes.hasAny()) { // who connects and says nothing may be a health check
            services.logClosing(this, "client unexpected eof", connectedNanos);
        }
        giveUp();
    }

    private void giveUp() {
        ByteBuf early = end();
        if (early != null) {
            early.release();
        }
        admission.countOut();
        services.clients().onConnectionEnd();
    }

    /** @return what was read and not used, if anything; the caller owns it */
    private @Nullable ByteBuf end() {
        phase = Phase.DONE;
        if (proof != null) {
            proof.stop();
        }
        if (reception != null) {
            reception.stop();
        }
        if (deadline != null) {
            deadline.disarm();
        }
        services.clients().onLoginEnd(worker, this);
        return bytes.take();
    }

    // ---- looking ----

    /** Whether it has taken longer, and does not lead to the console. */
    public boolean isOverdue(Duration patience) {
        boolean toConsole = listener == Listener.Kind.CONSOLE || consoleRank != null;
        return !toConsole && System.nanoTime() - connectedNanos > patience.toNanos();
    }

    public long id() {
        return id;
    }

    public String user() {
        return user;
    }

    public String databaseName() {
        return databaseName;
    }

    public Replication replication() {
        return replication;
    }

    public long connectedMillis() {
        return connectedMillis;
    }

    public Channel channel() {
        return channel;
    }

    /** What its TLS handshake has settled; null without TLS. */
    public @Nullable TlsSession tls() {
        return encryption.session();
    }

    @Override
    public String toString() {
        return "C-" + ConnectionIds.shown(id) + ": " + databaseName + "/" + user + "@" + address;
    }
}
