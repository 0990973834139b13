package dev.weir.config;

import dev.weir.config.access.AccessRules;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.InsightSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.config.tls.TlsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that Weir was told: one whole, validated configuration, and the rules by which its parts give way to each
/// other. Immutable.
///
/// Where a database and a user both say something, the user's word goes first, then the database's, then the global
/// one. A user here is the name under which the limits are counted; the caller decides whether that is the client's
/// login or the database's forced user.
///
/// @param file where it was read from
/// @param format the language of that file
/// @param global the `[weir]` or `[pgbouncer]` section
/// @param databases the entries of `[databases]` by name, in the file's order, without the wildcard
/// @param wildcard the `*` entry, for every other name
/// @param users the entries of `[users]` by name
/// @param peers the entries of `[peers]` by number
/// @param userList the content of `auth_file`
/// @param access the content of `auth_hba_file` and `auth_ident_file`
/// @param tls what the TLS settings mean, with the content of the files they name
public record WeirConfig(
        Path file,
        ConfigFormat format,
        SettingValues global,
        Map<String, DatabaseConfig> databases,
        @Nullable DatabaseConfig wildcard,
        Map<String, UserConfig> users,
        Map<Integer, PeerConfig> peers,
        UserList userList,
        AccessRules access,
        TlsConfig tls) {
    public WeirConfig {
        databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
        users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
        peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    }

    /// A configuration without rules of access.
    public WeirConfig(
            Path file,
            ConfigFormat format,
            SettingValues global,
            Map<String, DatabaseConfig> databases,
            @Nullable DatabaseConfig wildcard,
            Map<String, UserConfig> users,
            Map<Integer, PeerConfig> peers,
            UserList userList) {
        this(file, format, global, databases, wildcard, users, peers, userList, AccessRules.NONE, TlsConfig.OFF);
    }

    /// A global setting's value.
    public <T> T get(Setting<T> setting) {
        return global.get(setting);
    }

    /// The database of this name: its own entry, or one made from `*` with the requested name, or null.
    public @Nullable DatabaseConfig findDatabase(String name) {
        DatabaseConfig exact = databases.get(name);
        if (exact != null || wildcard == null) {
            return exact;
        }
        return wildcard.automaticallyNamed(name);
    }

    public @Nullable UserConfig findUser(String name) {
        return users.get(name);
    }

    /// The user's secret: that of its `[users]` entry, else of the auth file, else null. A user known only from an
    /// entry without a password has none.
    public @Nullable Secret findSecret(String user) {
        UserConfig entry = users.get(user);
        Secret own = entry == null ? null : entry.password();
        return own != null ? own : userList.find(user);
    }

    /// Who asks the server about users of whom no secret is known, or null for nobody.
    ///
    /// @param database the client's, or null if there is none of that name
    public @Nullable String authUser(@Nullable DatabaseConfig database) {
        String user = effective(AuthSettings.AUTH_USER, database, null);
        return user.isEmpty() ? null : user;
    }

    /// What it asks.
    public String authQuery(@Nullable DatabaseConfig database) {
        return effective(AuthSettings.AUTH_QUERY, database, null);
    }

    /// The name of the database in which it asks: `auth_dbname`, else the client's own; null if there is none.
    public @Nullable String authDatabase(@Nullable DatabaseConfig database) {
        String name = effective(AuthSettings.AUTH_DBNAME, database, null);
        if (!name.isEmpty()) {
            return name;
        }
        return database == null ? null : database.name();
    }

    /// Whether any user's secret may have to be asked for.
    public boolean asksForSecrets() {
        return authUser(wildcard) != null
                || databases.values().stream().anyMatch(database -> authUser(database) != null);
    }

    /// Where the servers of a database are, in the order in which they are to be tried; never empty.
    public List<ServerAddress> serverAddresses(DatabaseConfig database) {
        if (database.hosts().isEmpty()) {
            String directory = get(GeneralSettings.UNIX_SOCKET_DIR);
            return List.of(
                    directory.isEmpty()
                            ? new ServerAddress.Tcp("localhost", database.port())
                            : new ServerAddress.Unix(directory, database.port()));
        }
        return database.hosts().stream()
                .map(host -> ServerAddress.of(host, database.port()))
                .toList();
    }

    /// What holds for a database and a user, either of which may be left out: the user's value, else the database's,
    /// else the global one, else the default.
    public <T> T effective(Setting<T> setting, @Nullable DatabaseConfig database, @Nullable String user) {
        UserConfig entry = user == null ? null : users.get(user);
        T ofUser =
                entry == null || !setting.in(Scope.USER) ? null : entry.values().find(setting);
        if (ofUser != null) {
            return ofUser;
        }
        T ofDatabase = database == null || !setting.in(Scope.DATABASE)
                ? null
                : database.values().find(setting);
        if (ofDatabase != null) {
            return ofDatabase;
        }
        Setting<T> fallback = setting.fallback();
        return global.get(fallback == null ? setting : fallback);
    }

    /// When servers go back: as the user of the pool has it, who may be forced upon the database.
    public PoolMode poolMode(DatabaseConfig database, @Nullable String user) {
        String forced = database.forcedUser();
        return effective(PoolSettings.POOL_MODE, database, forced == null ? user : forced);
    }

    public StatementComments statementComments(DatabaseConfig database, String user) {
        return effective(PoolSettings.STATEMENT_COMMENTS, database, user);
    }

    public SessionState sessionState(DatabaseConfig database, String user) {
        return effective(PoolSettings.SESSION_STATE, database, user);
    }

    public PinMode pinMode(DatabaseConfig database, String user) {
        return effective(PoolSettings.PIN, database, user);
    }

    /// How many bytes the named prepared statements of all clients may take; 0 for no limit.
    public long preparedStatementMemory() {
        return get(PoolSettings.PREPARED_STATEMENT_MEMORY).bytes();
    }

    /// How often to look for functions that change sessions; zero for never, and where sessions are not followed.
    public Duration functionSurveyInterval(DatabaseConfig database, String user) {
        return poolMode(database, user) == PoolMode.SESSION || sessionState(database, user) == SessionState.IGNORE
                ? Duration.ZERO
                : effective(PoolSettings.FUNCTION_SURVEY_INTERVAL, database, user);
    }

    /// The share of a pool's size that clients may keep between transactions; 0 for no limit.
    public int maxPinnedPercent(DatabaseConfig database) {
        return effective(PoolSettings.MAX_PINNED_PERCENT, database, null);
    }

    /// Server connections of one pool; 0 for no limit.
    public int poolSize(DatabaseConfig database, @Nullable String user) {
        return effective(PoolSettings.POOL_SIZE, database, user);
    }

    public int minPoolSize(DatabaseConfig database) {
        return effective(PoolSettings.MIN_POOL_SIZE, database, null);
    }

    public int reservePoolSize(DatabaseConfig database, @Nullable String user) {
        return effective(PoolSettings.RESERVE_POOL_SIZE, database, user);
    }

    /// Server connections of a database over all its users; 0 for no limit.
    public int maxDbConnections(DatabaseConfig database) {
        return effective(PoolSettings.MAX_DB_CONNECTIONS, database, null);
    }

    /// Server connections of a user over all databases; 0 for no limit.
    public int maxUserConnections(String user) {
        return effective(PoolSettings.MAX_USER_CONNECTIONS, null, user);
    }

    /// Clients of a database; 0 for no limit.
    public int maxDbClientConnections(DatabaseConfig database) {
        return effective(PoolSettings.MAX_DB_CLIENT_CONNECTIONS, database, null);
    }

    /// Clients of a user; 0 for no limit.
    public int maxUserClientConnections(String user) {
        return effective(PoolSettings.MAX_USER_CLIENT_CONNECTIONS, null, user);
    }

    /// The age at which unused server connections are closed; zero means that each is used once.
    public Duration serverLifetime(DatabaseConfig database) {
        return effective(TimeoutSettings.SERVER_LIFETIME, database, null);
    }

    /// How long a query may wait in the queue; zero for no limit.
    public Duration queryWaitTimeout(DatabaseConfig database, String user) {
        return effective(TimeoutSettings.QUERY_WAIT_TIMEOUT, database, user);
    }

    /// How long a query of this database may take a server before it counts as slow; zero for ever.
    public Duration slowQueryThreshold(DatabaseConfig database) {
        return effective(InsightSettings.SLOW_QUERY_THRESHOLD, database, null);
    }

    /// How long a client of this database may be silent within a transaction before it counts as a leak; zero for ever.
    public Duration leakDetectionThreshold(DatabaseConfig database) {
        return effective(InsightSettings.LEAK_DETECTION_THRESHOLD, database, null);
    }

    /// How long a query may take; zero for no limit.
    public Duration queryTimeout(String user) {
        return userTimeout(TimeoutSettings.QUERY_TIMEOUT, user);
    }

    /// How long a transaction may take; zero for no limit.
    public Duration transactionTimeout(String user) {
        return userTimeout(TimeoutSettings.TRANSACTION_TIMEOUT, user);
    }

    /// How long a client may be silent in a transaction; zero for no limit.
    public Duration idleTransactionTimeout(String user) {
        return userTimeout(TimeoutSettings.IDLE_TRANSACTION_TIMEOUT, user);
    }

    /// How long a client may be silent outside of a transaction; zero for no limit.
    public Duration clientIdleTimeout(String user) {
        return userTimeout(TimeoutSettings.CLIENT_IDLE_TIMEOUT, user);
    }

    /// In PgBouncer a user's timeout counts only if it is not zero, so that nobody can be exempted.
    private Duration userTimeout(Setting<Duration> setting, String user) {
        Duration effective = effective(setting, null, user);
        return effective.isZero() && get(GeneralSettings.COMPATIBILITY) == Compatibility.PGBOUNCER
                ? global.get(setting)
                : effective;
    }

    /// The same configuration with one global value changed, as `SET` does.
    public <T> WeirConfig withGlobal(Setting<T> setting, T value) {
        return withGlobal(global.with(setting, value));
    }

    /// The same configuration with other keys and certificates.
    public WeirConfig withTls(TlsConfig changed) {
        return new WeirConfig(file, format, global, databases, wildcard, users, peers, userList, access, changed);
    }

    /// The same configuration with other rules and maps.
    public WeirConfig withAccess(AccessRules changed) {
        return new WeirConfig(file, format, global, databases, wildcard, users, peers, userList, changed, tls);
    }

    /// The same configuration with another list of users.
    public WeirConfig withUserList(UserList changed) {
        return new WeirConfig(file, format, global, databases, wildcard, users, peers, changed, access, tls);
    }

    /// The same configuration with other global values.
    public WeirConfig withGlobal(SettingValues values) {
        return new WeirConfig(file, format, values, databases, wildcard, users, peers, userList, access, tls);
    }

    /// The same configuration with other passwords; places that it does not have are passed over.
    public WeirConfig withPasswords(Map<PasswordPlace, Secret> passwords) {
        if (passwords.isEmpty()) {
            return this;
        }
        Map<String, DatabaseConfig> otherDatabases = new LinkedHashMap<>(databases);
        otherDatabases.replaceAll((name, entry) ->
                entry.withPassword(passwords.get(new PasswordPlace(PasswordPlace.Kind.DATABASE, name))));
        Map<String, UserConfig> otherUsers = new LinkedHashMap<>(users);
        otherUsers.replaceAll(
                (name, entry) -> entry.withPassword(passwords.get(new PasswordPlace(PasswordPlace.Kind.USER, name))));
        DatabaseConfig otherWildcard = wildcard == null
                ? null
                : wildcard.withPassword(
                        passwords.get(new PasswordPlace(PasswordPlace.Kind.DATABASE, DatabaseConfig.WILDCARD)));
        return new WeirConfig(
                file, format, global, otherDatabases, otherWildcard, otherUsers, peers, userList, access, tls);
    }
}
