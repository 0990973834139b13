package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.TimeoutSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WeirConfigTest {
    private static final Origin HERE = new Origin("weir.toml", 1);
    private static final SettingValues NONE = SettingValues.empty();

    private static WeirConfig config(
            SettingValues global, SettingValues database, SettingValues user, @Nullable SettingValues wildcard) {
        return new WeirConfig(
                Path.of("weir.toml"),
                ConfigFormat.TOML,
                global,
                Map.of("app", database("app", database)),
                wildcard == null ? null : database("*", wildcard),
                Map.of("joe", new UserConfig("joe", HERE, user)),
                Map.of(),
                UserList.empty());
    }

    private static DatabaseConfig database(String name, SettingValues values) {
        return new DatabaseConfig(name, false, HERE, values);
    }

    @Test
    void theUsersWordGoesBeforeTheDatabasesAndThatBeforeTheGlobalOne() {
        SettingValues global = NONE.with(PoolSettings.POOL_MODE, PoolMode.STATEMENT);
        SettingValues transaction = NONE.with(PoolSettings.POOL_MODE, PoolMode.TRANSACTION);
        SettingValues session = NONE.with(PoolSettings.POOL_MODE, PoolMode.SESSION);
        assertThat(config(global, transaction, session, null).poolMode(database("app", transaction), "joe"))
                .isEqualTo(PoolMode.SESSION);
        assertThat(config(global, transaction, NONE, null).poolMode(database("app", transaction), "joe"))
                .isEqualTo(PoolMode.TRANSACTION);
        assertThat(config(global, NONE, session, null).poolMode(database("app", NONE), "ann"))
                .isEqualTo(PoolMode.STATEMENT);
    }

    @Test
    void whoIsForcedUponADatabaseDecidesAboutThePoolMode() {
        SettingValues transaction = NONE.with(PoolSettings.POOL_MODE, PoolMode.TRANSACTION);
        SettingValues session = NONE.with(PoolSettings.POOL_MODE, PoolMode.SESSION);
        DatabaseConfig forced = database("app", session.with(DatabaseSettings.USER, "joe"));
        assertThat(config(NONE, NONE, transaction, null).poolMode(forced, "ann"))
                .as("joe's")
                .isEqualTo(PoolMode.TRANSACTION);
        assertThat(config(NONE, NONE, NONE, null).poolMode(forced, "ann"))
                .as("the database's")
                .isEqualTo(PoolMode.SESSION);
        DatabaseConfig other = database("app", session.with(DatabaseSettings.USER, "ann"));
        assertThat(config(NONE, NONE, transaction, null).poolMode(other, "joe"))
                .as("not that of who has logged in")
                .isEqualTo(PoolMode.SESSION);
    }

    @Test
    void thePoolSizeFallsBackToTheDefaultPoolSize() {
        WeirConfig config =
                config(NONE.with(PoolSettings.DEFAULT_POOL_SIZE, 11), NONE, NONE.with(PoolSettings.POOL_SIZE, 3), null);
        DatabaseConfig unsized = database("app", NONE);
        assertThat(config.poolSize(unsized, "ann")).isEqualTo(11);
        assertThat(config.poolSize(database("app", NONE.with(PoolSettings.POOL_SIZE, 5)), "ann"))
                .isEqualTo(5);
        assertThat(config.poolSize(unsized, "joe")).isEqualTo(3);
        assertThat(config.poolSize(unsized, null)).isEqualTo(11);
    }

    @Test
    void limitsAreTakenWhereTheyBelong() {
        SettingValues database = NONE.with(PoolSettings.MAX_DB_CONNECTIONS, 4)
                .with(PoolSettings.MAX_DB_CLIENT_CONNECTIONS, 5)
                .with(PoolSettings.MIN_POOL_SIZE, 6)
                .with(PoolSettings.RESERVE_POOL_SIZE, 7)
                .with(TimeoutSettings.SERVER_LIFETIME, Duration.ofSeconds(8))
                .with(TimeoutSettings.QUERY_WAIT_TIMEOUT, Duration.ofSeconds(9));
        SettingValues user = NONE.with(PoolSettings.MAX_USER_CONNECTIONS, 2)
                .with(PoolSettings.MAX_USER_CLIENT_CONNECTIONS, 3)
                .with(TimeoutSettings.QUERY_WAIT_TIMEOUT, Duration.ZERO);
        WeirConfig config = config(NONE, database, user, null);
        DatabaseConfig app = database("app", database);
        assertThat(config.maxDbConnections(app)).isEqualTo(4);
        assertThat(config.maxDbClientConnections(app)).isEqualTo(5);
        assertThat(config.minPoolSize(app)).isEqualTo(6);
        assertThat(config.reservePoolSize(app, "joe")).isEqualTo(7);
        assertThat(config.serverLifetime(app)).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.queryWaitTimeout(app, "ann")).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.queryWaitTimeout(app, "joe")).isEqualTo(Duration.ZERO);
        assertThat(config.maxUserConnections("joe")).isEqualTo(2);
        assertThat(config.maxUserClientConnections("joe")).isEqualTo(3);
        assertThat(config.maxUserConnections("ann")).isZero();
    }

    @Test
    void aUserIsExemptedByZeroButNotUnderPgBouncersRules() {
        SettingValues global = NONE.with(TimeoutSettings.QUERY_TIMEOUT, Duration.ofSeconds(30))
                .with(TimeoutSettings.CLIENT_IDLE_TIMEOUT, Duration.ofSeconds(40));
        SettingValues user = NONE.with(TimeoutSettings.QUERY_TIMEOUT, Duration.ZERO)
                .with(TimeoutSettings.CLIENT_IDLE_TIMEOUT, Duration.ofSeconds(4))
                .with(TimeoutSettings.TRANSACTION_TIMEOUT, Duration.ofSeconds(5))
                .with(TimeoutSettings.IDLE_TRANSACTION_TIMEOUT, Duration.ofSeconds(6));
        WeirConfig weir = config(global, NONE, user, null);
        assertThat(weir.queryTimeout("joe")).isEqualTo(Duration.ZERO);
        assertThat(weir.queryTimeout("ann")).isEqualTo(Duration.ofSeconds(30));
        WeirConfig pgbouncer = weir.withGlobal(GeneralSettings.COMPATIBILITY, Compatibility.PGBOUNCER);
        assertThat(pgbouncer.queryTimeout("joe")).isEqualTo(Duration.ofSeconds(30));
        assertThat(pgbouncer.clientIdleTimeout("joe")).isEqualTo(Duration.ofSeconds(4));
        assertThat(pgbouncer.transactionTimeout("joe")).isEqualTo(Duration.ofSeconds(5));
        assertThat(pgbouncer.idleTransactionTimeout("joe")).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void unnamedDatabasesComeFromTheWildcard() {
        SettingValues wildcard = NONE.with(DatabaseSettings.HOST, List.of("h"));
        WeirConfig config = config(NONE, NONE, NONE, wildcard);
        assertThat(config.findDatabase("app")).isEqualTo(database("app", NONE));
        assertThat(config.findDatabase("other")).isEqualTo(new DatabaseConfig("other", true, HERE, wildcard));
        assertThat(config(NONE, NONE, NONE, null).findDatabase("other")).isNull();
        SettingValues fixed = NONE.with(DatabaseSettings.DBNAME, "one");
        assertThat(new DatabaseConfig("any", true, HERE, fixed).serverDatabase())
                .isEqualTo("one");
    }

    @Test
    void aDatabaseWithoutAHostIsOnTheUnixSocket() {
        DatabaseConfig app = database("app", NONE);
        assertThat(config(NONE, NONE, NONE, null).serverAddresses(app))
                .extracting(Object::toString)
                .containsExactly("unix:/tmp/.s.PGSQL.5432");
        WeirConfig withoutSockets = config(NONE.with(GeneralSettings.UNIX_SOCKET_DIR, ""), NONE, NONE, null);
        assertThat(withoutSockets.serverAddresses(app))
                .extracting(Object::toString)
                .containsExactly("localhost:5432");
        DatabaseConfig mixed =
                database("app", NONE.with(DatabaseSettings.HOST, List.of("h", "::1", "/run", "@abstract")));
        assertThat(withoutSockets.serverAddresses(mixed))
                .extracting(Object::toString)
                .containsExactly("h:5432", "[::1]:5432", "unix:/run/.s.PGSQL.5432", "unix:@abstract/.s.PGSQL.5432");
    }
}
