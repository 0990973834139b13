package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings that the login user may not set, and that its session has all the same: made as another
/// role, or by a function that runs as its owner.
@ExtendWith(LeakGuard.class)
final class PrivilegedSettingIT {

    private static final String UNSET = "-1";

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        define(
                "CREATE ROLE boss SUPERUSER",
                "CREATE ROLE clerk",
                "GRANT boss TO other",
                "GRANT clerk TO other WITH INHERIT FALSE",
                "GRANT SET ON PARAMETER log_min_duration_statement TO clerk",
                "CREATE FUNCTION logs_slow() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS"
                        + " $$ BEGIN PERFORM set_config('log_min_duration_statement', '12345', false); END $$");
        weir = WeirFixture.over(postgres)
                .set("default_pool_size", "2")
                .set("workers", "1")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
        define(
                "DROP FUNCTION logs_slow()",
                "REVOKE ALL ON PARAMETER log_min_duration_statement FROM clerk, other",
                "DROP ROLE boss, clerk");
    }

    private void define(String... sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            List.of(sql).forEach(admin::run);
        }
    }

    private static String limit(RawClient client) {
        return client.value("SELECT setting FROM pg_settings WHERE name = 'log_min_duration_statement'");
    }

    private String pins() {
        try (RawClient console = weir.console()) {
            return console.rows("SHOW PINS").toString();
        }
    }

    private void awaitNoPins() {
        Awaitility.await().until(() -> pins().equals("[]"));
    }

    /// On every server of the pool.
    private void assertNobodyHasIt() {
        try (RawClient one = weir.connect(Accounts.OTHER);
                RawClient another = weir.connect(Accounts.OTHER)) {
            assertThat(limit(one.run("BEGIN"))).isEqualTo(UNSET);
            assertThat(limit(another.run("BEGIN"))).isEqualTo(UNSET);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET ROLE boss|SET log_min_duration_statement = 12345|RESET ROLE",
                "SET ROLE clerk|SET log_min_duration_statement = 12345|RESET ROLE",
                "BEGIN|SET LOCAL ROLE boss|SET log_min_duration_statement = 12345|COMMIT",
                "SELECT logs_slow()",
            })
    void keepsItsServer(String way) {
        RawClient setter = weir.connect(Accounts.OTHER);
        try (RawClient other = weir.connect(Accounts.OTHER)) {
            setter.run("SELECT 'after which it is known what functions do'");
            List.of(way.split("\\|")).forEach(setter::run);

            Awaitility.await()
                    .untilAsserted(() -> assertThat(pins()).contains("setting", "log_min_duration_statement"));
            for (int i = 0; i < 3; i++) {
                assertThat(limit(other)).isEqualTo(UNSET);
                assertThat(limit(setter)).isEqualTo("12345");
            }
        } finally {
            setter.close();
        }
        awaitNoPins();
        assertNobodyHasIt();
    }

    @Test
    void goesOnToOtherServersWhenItIsReset() {
        try (RawClient setter = weir.connect(Accounts.OTHER)) {
            setter.run("SET ROLE boss")
                    .run("SET log_min_duration_statement = 12345")
                    .run("RESET ROLE");
            assertThat(pins()).contains("log_min_duration_statement");

            setter.run("SET ROLE boss").run("RESET log_min_duration_statement").run("RESET ROLE");

            awaitNoPins();
            assertThat(limit(setter)).isEqualTo(UNSET);
        }
        assertNobodyHasIt();
    }

    @Test
    void discardAllEndsItToo() {
        try (RawClient setter = weir.connect(Accounts.OTHER)) {
            setter.run("SET ROLE boss")
                    .run("SET log_min_duration_statement = 12345")
                    .run("RESET ROLE")
                    .run("DISCARD ALL");

            awaitNoPins();
            assertThat(limit(setter)).isEqualTo(UNSET);
        }
        assertNobodyHasIt();
    }

    @Test
    void isClearedAwayWhereNobodyMayPin() {
        try (WeirFixture strict = WeirFixture.over(postgres)
                        .set("default_pool_size", "1")
                        .set("pin", "never")
                        .set("workers", "1")
                        .start();
                RawClient setter = strict.connect(Accounts.OTHER);
                RawClient other = strict.connect(Accounts.OTHER)) {
            setter.run("BEGIN")
                    .run("SET LOCAL ROLE boss")
                    .run("SET log_min_duration_statement = 12345")
                    .run("SET work_mem = '3MB'")
                    .run("COMMIT");

            assertThat(limit(other)).isEqualTo(UNSET);
            assertThat(limit(setter)).isEqualTo(UNSET);
            assertThat(setter.value("SHOW work_mem")).isEqualTo("3MB");
        }
    }

    /// What the login user may set follows it; when that is taken away, nobody else has to suffer.
    @Test
    void followsWhereItIsAllowed() {
        define("GRANT SET ON PARAMETER log_min_duration_statement TO other");
        try (WeirFixture one = WeirFixture.over(postgres)
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient setter = one.connect(Accounts.OTHER);
                RawClient other = one.connect(Accounts.OTHER)) {
            setter.run("SET log_min_duration_statement = 12345");
            assertThat(limit(other)).isEqualTo(UNSET);
            assertThat(limit(setter)).isEqualTo("12345");
            define("REVOKE SET ON PARAMETER log_min_duration_statement FROM other");

            assertThat(limit(other)).isEqualTo(UNSET);
            assertThat(setter.error("SELECT 1").sqlState()).isEqualTo("42501");
            // which is forbidden as well, and has led out of it
            assertThat(setter.error("RESET log_min_duration_statement").sqlState())
                    .isEqualTo("42501");
            assertThat(limit(setter)).isEqualTo(UNSET);
        }
    }

    /// pg_settings hides some from those who are no superusers.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET ROLE boss; SET dynamic_library_path = '/nowhere'; RESET ROLE",
                "BEGIN; SET LOCAL ROLE boss; SET dynamic_library_path = '/nowhere'; COMMIT",
                "DO $$ BEGIN SET LOCAL ROLE boss; SET dynamic_library_path = '/nowhere'; END $$",
            })
    void whatTheLoginUserDoesNotSeeReachesNobody(String sql) {
        try (RawClient setter = weir.connect(Accounts.OTHER);
                RawClient one = weir.connect(Accounts.OTHER);
                RawClient another = weir.connect(Accounts.OTHER)) {
            setter.run(sql).run("SELECT 1");
            for (RawClient client : List.of(one, another)) {
                client.run("BEGIN").run("SET LOCAL ROLE boss");
                assertThat(client.value("SHOW dynamic_library_path")).isEqualTo("$libdir");
            }
        }
    }
}
