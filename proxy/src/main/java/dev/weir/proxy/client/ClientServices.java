package dev.weir.proxy.client;

import dev.weir.config.Compatibility;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.access.HbaMethod;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.LogSettings;
import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.cancel.CancelKeys;
import dev.weir.proxy.cancel.CancelRequests;
import dev.weir.proxy.net.ConnectionIds;
import dev.weir.proxy.net.MemoryBudget;
import dev.weir.proxy.notify.ListenHubs;
import dev.weir.proxy.pool.PoolRegistry;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.tls.TlsContexts;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients need of the rest of the pooler. Thread-safe. */
public final class ClientServices {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientServices.class);

    private final Supplier<WeirConfig> config;
    private final PoolRegistry pools;
    private final ClientRegistry clients;
    private final CancelKeys cancelKeys;
    private final CancelRequests cancelRequests;
    private final StatementTexts statements;
    private final ScramKeyCache keys;
    private final Authenticators authenticators;
    private final SecureRandom random;
    private final Executor derivations;
    private final ConnectionIds ids;
    private final MemoryBudget memory;
    private final TlsContexts tls;
    private final ListenHubs listening = new ListenHubs();
    private volatile boolean mostScram;
    private volatile boolean suspended;
    private volatile boolean closing;
    private volatile boolean closedToNewcomers;
    private volatile long closedNanos;

    public ClientServices(
            Supplier<WeirConfig> config,
            PoolRegistry pools,
            ClientRegistry clients,
            CancelKeys cancelKeys,
            CancelRequests cancelRequests,
            StatementTexts statements,
            ScramKeyCache keys,
            Authenticators authenticators,
            SecureRandom random,
            Executor derivations,
            ConnectionIds ids,
            MemoryBudget memory,
            TlsContexts tls) {
        this.config = config;
        this.pools = pools;
        this.clients = clients;
        this.cancelKeys = cancelKeys;
        this.cancelRequests = cancelRequests;
        this.statements = statements;
        this.keys = keys;
        this.authenticators = authenticators;
        this.random = random;
        this.derivations = derivations;
        this.ids = ids;
        this.memory = memory;
        this.tls = tls;
    }

    WeirConfig config() {
        return config.get();
    }

    PoolRegistry pools() {
        return pools;
    }

    /** All clients. */
    public ClientRegistry clients() {
        return clients;
    }

    /** What listens for clients. */
    public ListenHubs listening() {
        return listening;
    }

    CancelKeys cancelKeys() {
        return cancelKeys;
    }

    CancelRequests cancelRequests() {
        return cancelRequests;
    }

    StatementTexts statements() {
        return statements;
    }

    ScramKeyCache keys() {
        return keys;
    }

    /** Who else knows about users. */
    Authenticators authenticators() {
        return authenticators;
    }

    /** Whether most users of whom the files tell a hash can do SCRAM only. */
    boolean haveMostScramSecrets() {
        return mostScram;
    }

    SecureRandom random() {
        return random;
    }

    Executor derivations() {
        return derivations;
    }

    ConnectionIds ids() {
        return ids;
    }

    TlsContexts tls() {
        return tls;
    }

    MemoryBudget memory() {
        return memory;
    }

    /** Texts for what clients are told, in the configured compatibility. */
    public ClientErrors errors() {
        return new ClientErrors(config().get(GeneralSettings.COMPATIBILITY));
    }

    /** Derives ahead what logins need; to be called when users or what concerns them may have changed. */
    public void prepareKeys() {
        WeirConfig now = config();
        Set<String> users = new HashSet<>(now.userList().secrets().keySet());
        users.addAll(now.users().keySet());
        Map<String, StoredSecret> secrets = new HashMap<>();
        for (String user : users) {
            Secret stored = now.findSecret(user);
            if (stored != null) {
                secrets.put(user, StoredSecret.parse(user, stored.reveal()));
            }
        }
        long scramSecrets = secrets.values().stream()
                .filter(StoredSecret.Scram.class::isInstance)
                .count();
        mostScram = 2 * scramSecrets > secrets.size();
        keys.prepare(
                secrets, now.asksForSecrets(), usesScram(now), now.get(AuthSettings.SCRAM_ITERATIONS), derivations);
        authenticators.queries().forgetAll();
    }

    private static boolean usesScram(WeirConfig config) {
        return switch (config.get(AuthSettings.AUTH_TYPE)) {
            case SCRAM_SHA_256 -> true;
            case HBA ->
                config.access().hba().rules().stream().anyMatch(rule -> rule.method() == HbaMethod.SCRAM_SHA_256);
            case TRUST, ANY, PLAIN, MD5, CERT, PAM, LDAP -> false;
        };
    }

    /** From now on nobody new is let in but console users. */
    public void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether who logs in from now on is not read. */
    public void setSuspended(boolean value) {
        suspended = value;
    }

    boolean isSuspended() {
        return suspended;
    }

    /**
     * From now on, of those who connect, only console users are let in; they come through the Unix sockets, which stay. Who
     * has come by TCP had connected before.
     */
    public void closeToNewcomers() {
        closedNanos = System.nanoTime();
        closedToNewcomers = true;
    }

    /** @throws ProtocolViolation if the client is one of those whom {@link #closeToNewcomers} keeps out */
    void turnNewcomerAway(Channel channel, long connectedNanos) {
        boolean tcp = channel.localAddress() instanceof InetSocketAddress;
        if (closedToNewcomers && !tcp && connectedNanos - closedNanos >= 0) {
            throw new ProtocolViolation(errors().shuttingDown());
        }
    }

    /** What the configuration in force says about a client. */
    ClientProfile profileOf(ClientSession session) {
        WeirConfig now = config();
        DatabaseConfig database = now.findDatabase(session.login().database().name());
        return ClientProfile.of(
                now,
                database == null ? session.login().database() : database,
                session.login().user());
    }

    /**
     * A client is not let in.
     *
     * @param shown what it is told
     * @param logReason what the log tells beside it, if that is not the same
     */
    void onLoginRefused(
            ClientLogin client,
            @Nullable DatabaseConfig database,
            PgError shown,
            @Nullable String logReason,
            long connectedNanos) {
        clients.loginFailures().count(database, shown);
        logClosing(client, shown.message(), connectedNanos);
        if (logReason == null) {
            logPoolerError(client, shown);
        } else if (config().get(GeneralSettings.COMPATIBILITY) == Compatibility.WEIR) {
            logPoolerError(client, PgError.fatal(SqlState.INTERNAL_ERROR, logReason));
        } else {
            // What guards against guessers greps for what PgBouncer says.
            logPoolerError(client, shown);
            logReason(client, logReason);
        }
    }

    private void logReason(ClientLogin client, String reason) {
        if (config().get(LogSettings.LOG_POOLER_ERRORS)) {
            LOGGER.info("{} login failed: db={} user={}: {}", client, client.databaseName(), client.user(), reason);
        }
    }

    void logPoolerError(Object client, PgError error) {
        if (config().get(LogSettings.LOG_POOLER_ERRORS)) {
            LOGGER.warn("{} pooler error: {}", client, error.message());
        }
    }

    /** A client has said who it is, and where it wants to go. */
    void logLogin(ClientLogin client) {
        if (config().get(LogSettings.LOG_CONNECTIONS)) {
            LOGGER.info(
                    "{} login attempt: db={} user={} tls={} replication={}",
                    client,
                    client.databaseName(),
                    client.user(),
                    client.tls() == null ? "no" : client.tls(),
                    client.replication().text());
        }
    }

    void logClosing(Object client, String reason, long connectedNanos) {
        if (config().get(LogSettings.LOG_DISCONNECTIONS)) {
            LOGGER.info(
                    "{} closing because: {} (age={}s)",
                    client,
                    reason,
                    (System.nanoTime() - connectedNanos) / 1_000_000_000L);
        }
    }

    void onSessionEnd(ClientSession session, String reason) {
        logClosing(session, reason, session.login().connectedNanos());
        cancelKeys.remove(session);
        session.pool().clients().decrementAndGet();
        session.admission().countOut();
        clients.onSessionEnd(session.worker(), session);
    }
}
