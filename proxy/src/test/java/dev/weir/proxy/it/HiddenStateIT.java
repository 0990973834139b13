package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What strings and blocks hide from whoever reads a text: it does not reach other clients all the same.
@ExtendWith(LeakGuard.class)
final class HiddenStateIT {

    private final TestPostgres postgres = TestPostgres.shared();

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("default_pool_size", "2")
                .set("workers", "1")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    private RawClient connect(Login login) {
        return weir.connect(login);
    }

    private void awaitPin(String reason) {
        try (RawClient console = weir.console()) {
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(console.rows("SHOW PINS").toString()).contains(reason));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DO $$ BEGIN LOAD 'auto_explain'; END $$",
                "DO $$ BEGIN EXECUTE 'LOAD ' || quote_literal('auto_explain'); END $$",
                "SELECT loads()",
                "SELECT calls_loads()",
            })
    void whatALoadHasLoadedStaysWithItsClient(String sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            admin.run("CREATE FUNCTION loads() RETURNS void LANGUAGE plpgsql AS 'BEGIN LOAD ''auto_explain''; END'");
            admin.run("CREATE FUNCTION calls_loads() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM loads(); END'");
        }
        try (RawClient client = connect(Accounts.SUPERUSER);
                RawClient other = connect(Accounts.SUPERUSER)) {
            client.run("SELECT 'after which it is known what functions do'");
            client.run(sql);
            awaitPin("loaded library");
            for (int i = 0; i < 4; i++) {
                assertThat(other.value("SELECT count(*) FROM pg_settings WHERE name = 'auto_explain.log_analyze'"))
                        .isEqualTo("0");
            }
        } finally {
            try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
                admin.run("DROP FUNCTION loads(), calls_loads()");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET LOCAL search_path = 'pg_temp', public",
                "SELECT set_config('search_path', 'PG_Temp', true)",
                "parameter",
            })
    void aTableWhereTemporaryOnesAreIsTemporary(String path) {
        try (RawClient client = connect(Accounts.APP);
                RawClient other = connect(Accounts.APP)) {
            client.run("SELECT 'after which it is known what functions do'").run("BEGIN");
            if (path.equals("parameter")) {
                client.extended("SELECT set_config('search_path', $1, true)", "pg_temp");
            } else {
                client.run(path);
            }
            client.run("CREATE TABLE sneaky (a int)").run("COMMIT");
            awaitPin("sneaky");
            for (int i = 0; i < 4; i++) {
                assertThat(other.value("SELECT to_regclass('pg_temp.sneaky') IS NULL"))
                        .isEqualTo("t");
            }
            assertThat(client.value("SELECT count(*) FROM pg_temp.sneaky")).isEqualTo("0");
        }
    }

    /// What somebody puts under the name of another's statement is never executed in its place.
    @ParameterizedTest
    @ValueSource(strings = {"PARSE", "SQL"})
    void aStatementIsNotExchanged(String origin) {
        boolean bySql = origin.equals("SQL");
        try (WeirFixture one = WeirFixture.over(postgres)
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient client = one.connect(Accounts.APP);
                RawClient other = one.connect(Accounts.APP)) {
            if (bySql) {
                client.run("PREPARE mine AS SELECT 'right'");
            } else {
                client.send(Frontend.parse("mine", "SELECT 'right'"), Frontend.sync())
                        .expect("1Z");
            }
            String name = other.value("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%right%'"
                    + " AND name LIKE 'weir%' LIMIT 1");
            String exchange =
                    String.format(Locale.ROOT, "DEALLOCATE %1$s; EXECUTE 'PREPARE %1$s AS SELECT ''wrong'''", name);
            for (String sql : new String[] {
                "DO $x$ BEGIN " + exchange + "; END $x$",
                "DEALLOCATE " + name + "; PREPARE " + name + " AS SELECT 'wrong'",
                "DEALLOCATE " + name
            }) {
                other.query(sql);
                if (bySql) {
                    assertThat(client.value("EXECUTE mine")).as(sql).isEqualTo("right");
                } else {
                    client.send(Frontend.bind("", "mine"), Frontend.execute("", 0), Frontend.sync());
                    assertThat(client.expect("2DCZ").get(1).columns()).as(sql).containsExactly("right");
                }
            }
        }
    }

    /// A free server serves whoever comes next, however long that takes.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTimeoutOfAClientEndsNoFreeServer(boolean atLogin) {
        try (WeirFixture one = WeirFixture.over(postgres)
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient client = one.connect(
                        atLogin ? Accounts.APP.with("options", "-c idle_session_timeout=300ms") : Accounts.APP);
                RawClient other = one.connect(Accounts.APP)) {
            if (!atLogin) {
                client.run("SET idle_session_timeout = '300ms'");
            }
            String pid = client.value("SELECT pg_backend_pid()");
            assertThat(client.value("SHOW idle_session_timeout")).isEqualTo("300ms");
            one.awaitPool(Accounts.DATABASE, "app", "sv_idle", "1");
            try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
                admin.run("SELECT pg_sleep(0.7)");
            }
            assertThat(other.value("SELECT pg_backend_pid()")).isEqualTo(pid);
            assertThat(other.value("SHOW idle_session_timeout")).isEqualTo("0");
        }
    }

    /// pg_settings hides some from those who are no superusers, also from one who acts as another.
    @ParameterizedTest
    @ValueSource(strings = {"SET ROLE app", "SET SESSION AUTHORIZATION app"})
    void whatIsHiddenFromARoleDoesNotReachOthers(String act) {
        try (WeirFixture one = WeirFixture.over(postgres)
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient client = one.connect(Accounts.SUPERUSER);
                RawClient other = one.connect(Accounts.SUPERUSER)) {
            client.run("SET dynamic_library_path = '/nowhere'; " + act);
            assertThat(other.value("SHOW dynamic_library_path")).isEqualTo("$libdir");
        }
    }
}
