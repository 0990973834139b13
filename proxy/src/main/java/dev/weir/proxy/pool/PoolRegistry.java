package dev.weir.proxy.pool;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AdviceSettings;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.ServerSettings;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.config.setting.TlsSettings;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.server.ServerCredentials;
import dev.weir.proxy.server.ServerRules;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All pools, databases and users that have been seen, and the configuration's word on each. Thread-safe. */
public final class PoolRegistry {

    private final Supplier<WeirConfig> config;
    private final Pool.Environment environment;
    private final BiFunction<PoolKey, @Nullable StoredSecret, ServerCredentials> learned;
    private volatile boolean allPaused;
    private final ConcurrentHashMap<PoolKey, Pool> pools = new ConcurrentHashMap<>();
    /** Sizes of pools that are not the configuration's. */
    private final ConcurrentHashMap<PoolKey, Integer> sizes = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<String, PooledDatabase> databases = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, PoolGroup> users = new ConcurrentHashMap<>();

    /** @param learned what clients' logins have brought to light about a role, given the stored secret */
    public PoolRegistry(
            Supplier<WeirConfig> config,
            Pool.Environment environment,
            BiFunction<PoolKey, @Nullable StoredSecret, ServerCredentials> learned) {
        this.config = config;
        this.environment = environment;
        this.learned = learned;
    }

    /** PAUSE of everything, databases not seen yet included. */
    public void pauseAll() {
        allPaused = true;
        databases.values().forEach(PooledDatabase::pause);
    }

    /** Ends {@link #pauseAll}, and every single pause with it. */
    public void resumeAll() {
        allPaused = false;
        databases.values().forEach(PooledDatabase::resume);
    }

    /** Whether everything is paused. */
    public boolean isAllPaused() {
        return allPaused;
    }

    /** The database of an entry, with its limits up to date when it is new. */
    public PooledDatabase database(DatabaseConfig entry) {
        return databases.computeIfAbsent(entry.name(), name -> {
            PooledDatabase database = new PooledDatabase(name);
            WeirConfig now = config.get();
            database.group().limit(now.maxDbConnections(entry), now.maxDbClientConnections(entry));
            if (allPaused) {
                database.pause();
            }
            return database;
        });
    }

    /** The database of this name, if it has been used. */
    public @Nullable PooledDatabase findDatabase(String name) {
        return databases.get(name);
    }

    public PoolGroup user(String name) {
        return users.computeIfAbsent(name, key -> {
            PoolGroup user = new PoolGroup(key);
            WeirConfig now = config.get();
            user.limit(now.maxUserConnections(key), now.maxUserClientConnections(key));
            return user;
        });
    }

    /** The pool that serves a client of this login name. */
    public Pool pool(DatabaseConfig entry, String loginUser) {
        String forced = entry.forcedUser();
        return poolOf(entry, forced == null ? loginUser : forced);
    }

    /** The pool of a role, whether or not the database forces another one upon its clients. */
    public Pool poolOf(DatabaseConfig entry, String role) {
        PoolKey key = new PoolKey(entry.name(), role);
        Pool pool = pools.get(key);
        if (pool != null) {
            return pool;
        }
        PooledDatabase database = database(entry);
        PoolGroup user = user(key.user());
        return pools.computeIfAbsent(
                key,
                missing -> new Pool(
                        missing,
                        database,
                        user,
                        rules(config.get(), entry, missing.user()),
                        () -> credentials(missing),
                        environment));
    }

    /** The pool in which a role asks for secrets; null if there is no such database. */
    public @Nullable Pool askersPool(String database, String role) {
        DatabaseConfig entry = config.get().findDatabase(database);
        return entry == null ? null : poolOf(entry, role);
    }

    public Collection<Pool> pools() {
        return pools.values();
    }

    public Collection<PooledDatabase> databases() {
        return databases.values();
    }

    public Collection<PoolGroup> users() {
        return users.values();
    }

    private ServerCredentials credentials(PoolKey key) {
        WeirConfig now = config.get();
        DatabaseConfig entry = now.findDatabase(key.database());
        Secret own = entry == null || !key.user().equals(entry.forcedUser()) ? null : entry.password();
        Secret stored = own != null ? own : now.findSecret(key.user());
        StoredSecret secret = stored == null ? null : StoredSecret.parse(key.user(), stored.reveal());
        return learned.apply(key, secret);
    }

    /** Gives a pool another size than the configuration does, for as long as {@code autoscale_pools} is on. */
    public void resize(String database, String user, int size) {
        PoolKey key = new PoolKey(database, user);
        WeirConfig now = config.get();
        Pool pool = pools.get(key);
        DatabaseConfig entry = now.findDatabase(database);
        if (pool != null && entry != null && now.get(AdviceSettings.AUTOSCALE_POOLS)) {
            sizes.put(key, size);
            pool.apply(rules(now, entry, user));
        }
    }

    /** Brings everything in line with the configuration now in force. */
    public void onConfigChanged() {
        WeirConfig now = config.get();
        if (!now.get(AdviceSettings.AUTOSCALE_POOLS)) {
            sizes.clear();
        }
        users.forEach((name, user) -> user.limit(now.maxUserConnections(name), now.maxUserClientConnections(name)));
        databases.forEach((name, database) -> {
            DatabaseConfig entry = now.findDatabase(name);
            database.setRemoved(entry == null);
            if (entry != null) {
                database.group().limit(now.maxDbConnections(entry), now.maxDbClientConnections(entry));
            }
        });
        pools.forEach((key, pool) -> {
            DatabaseConfig entry = now.findDatabase(key.database());
            if (entry != null) {
                pool.apply(rules(now, entry, key.user()));
            }
        });
    }

    /** Forgets a database and its pools, which must have neither clients nor servers. */
    public void forget(PooledDatabase database) {
        databases.remove(database.name(), database);
        database.group().pools().forEach(this::forget);
    }

    /** Forgets a pool, which must have neither clients nor servers; its counters go with it. */
    void forget(Pool pool) {
        pools.remove(pool.key(), pool);
        sizes.remove(pool.key());
        pool.database().group().remove(pool);
        pool.user().remove(pool);
        forgetIfUnused(pool.user());
    }

    /** Forgets a user without clients and pools, so that names tried by strangers leave nothing behind. */
    public void forgetIfUnused(PoolGroup user) {
        users.computeIfPresent(user.name(), (name, known) -> known.isEmpty() ? null : known);
    }

    /** Forgets a database made on demand that has neither clients nor pools: nobody has logged in to it. */
    public void forgetIfNeverServed(PooledDatabase database) {
        if (!config.get().databases().containsKey(database.name()) && !database.isPaused() && !database.isDisabled()) {
            databases.computeIfPresent(
                    database.name(), (name, known) -> known.group().isEmpty() ? null : known);
        }
    }

    private PoolRules rules(WeirConfig config, DatabaseConfig entry, String user) {
        Integer scaled = sizes.get(new PoolKey(entry.name(), user));
        return new PoolRules(
                scaled == null ? config.poolSize(entry, user) : scaled,
                config.minPoolSize(entry),
                config.reservePoolSize(entry, user),
                config.get(PoolSettings.RESERVE_POOL_TIMEOUT),
                config.get(PoolSettings.SERVER_ROUND_ROBIN),
                config.get(PoolSettings.SERVER_CONNECT_CONCURRENCY),
                config.get(TimeoutSettings.SERVER_LOGIN_RETRY),
                config.get(PoolSettings.WAIT_FAIRNESS),
                user.equals(entry.forcedUser()),
                config.serverAddresses(entry),
                entry.loadBalanceHosts(),
                entry.serverDatabase(),
                startupParameters(entry),
                textOrEmpty(entry.connectQuery()),
                config.functionSurveyInterval(entry, user),
                TlsSettings.ofServers(config.global()),
                serverRules(config, entry));
    }

    private static Map<String, String> startupParameters(DatabaseConfig entry) {
        Map<String, String> parameters = new LinkedHashMap<>();
        put(parameters, "client_encoding", entry.values().find(DatabaseSettings.CLIENT_ENCODING));
        put(parameters, "datestyle", entry.values().find(DatabaseSettings.DATESTYLE));
        put(parameters, "timezone", entry.values().find(DatabaseSettings.TIMEZONE));
        put(parameters, "application_name", entry.values().find(DatabaseSettings.APPLICATION_NAME));
        return Map.copyOf(parameters);
    }

    private static void put(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            parameters.put(name, value);
        }
    }

    private static String textOrEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** As {@code server_check_query} spells a check by an empty query. */
    private static final String EMPTY_QUERY = "<empty>";

    private static ServerRules serverRules(WeirConfig config, DatabaseConfig entry) {
        String check = config.get(ServerSettings.SERVER_CHECK_QUERY);
        return new ServerRules(
                config.get(ServerSettings.SERVER_RESET_QUERY),
                config.get(ServerSettings.SERVER_RESET_QUERY_ALWAYS),
                check.equals(EMPTY_QUERY) ? "" : check,
                !check.isEmpty(),
                config.get(ServerSettings.SERVER_CHECK_DELAY),
                config.get(TimeoutSettings.SERVER_CONNECT_TIMEOUT),
                config.serverLifetime(entry),
                config.get(TimeoutSettings.SERVER_IDLE_TIMEOUT),
                config.get(TimeoutSettings.CANCEL_WAIT_TIMEOUT),
                config.get(PoolSettings.MAX_PREPARED_STATEMENTS));
    }
}
