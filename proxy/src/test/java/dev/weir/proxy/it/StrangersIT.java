package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What one client can reach of another by ways that nobody would take on purpose, or only on purpose: nothing.
@ExtendWith(LeakGuard.class)
final class StrangersIT {

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient first;

    @SuppressWarnings("NullAway.Init")
    private RawClient second;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "1")
                .set("workers", "1")
                .start();
        first = weir.connect(Accounts.APP);
        second = weir.connect(Accounts.APP);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        weir.close();
    }

    private static void prepare(RawClient client, String name, String sql) {
        client.send(Frontend.parse(name, sql), Frontend.sync()).readUntilReady();
    }

    private static String bound(RawClient client, String name) {
        return client.send(Frontend.bind("", name), Frontend.execute("", 0), Frontend.sync())
                .readUntilReady()
                .toString();
    }

    @Test
    void theUnnamedStatementOfAnotherIsNotThere() {
        prepare(first, "", "SELECT 'mine'");

        assertThat(bound(second, "")).contains("26000").doesNotContain("mine");
        assertThat(bound(first, "")).contains("mine");
    }

    @Test
    void anUnnamedStatementTooLongToBeKeptIsNotTakenForThatOfAnother() {
        first.send(
                        Frontend.parse("", "SELECT 'mine' /*" + "x".repeat(17 << 20) + "*/"),
                        Frontend.bind("", ""),
                        Frontend.execute("", 0),
                        Frontend.sync())
                .expect("12DCZ");
        prepare(second, "", "SELECT 'yours'");

        assertThat(bound(first, "")).contains("26000").doesNotContain("yours");
        assertThat(bound(second, "")).contains("yours");
    }

    @Test
    void aSharedStatementCannotBeBoundByTheServersNameForIt() {
        prepare(first, "s", "SELECT 'mine'");
        assertThat(bound(first, "s")).contains("mine");
        String name = second.value("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%mine%'"
                + " AND from_sql IS FALSE ORDER BY prepare_time DESC LIMIT 1");

        assertThat(bound(second, name)).contains("26000");
        assertThat(second.send(Frontend.describeStatement(name), Frontend.sync())
                        .readUntilReady()
                        .toString())
                .contains("26000");
        assertThat(bound(first, "s")).contains("mine");
    }

    @Test
    void aNameThatLooksLikeOneOfOursCollidesWithNone() {
        for (int i = 0; i < 20; i++) {
            second.run("PREPARE weir_" + i + " AS SELECT 'evil'; SELECT 1");
        }
        assertThat(second.value("EXECUTE weir_3")).isEqualTo("evil");
        second.close();

        prepare(first, "s", "SELECT 'mine'");
        assertThat(bound(first, "s")).contains("mine");
        assertThat(first.error("EXECUTE weir_3").sqlState()).isEqualTo("26000");
    }

    @Test
    void whatIsTemporaryBySearchPathAloneKeepsTheServerToo() {
        first.run("SET search_path = pg_temp, public").run("CREATE TABLE hidden (a int)");
        assertThat(first.value("SELECT count(*) FROM hidden")).isEqualTo("0");
        first.close();

        assertThat(second.value("SELECT count(*) FROM pg_class WHERE relname = 'hidden'"))
                .isEqualTo("0");
    }

    @Test
    void aRoleThatSessionsBeginWithComesBack() {
        try (RawClient admin = weir.connect(Accounts.SUPERUSER)) {
            admin.run("CREATE ROLE lesser").run("GRANT lesser TO other").run("ALTER ROLE other SET role = 'lesser'");
            try (RawClient one = weir.connect(Accounts.OTHER);
                    RawClient another = weir.connect(Accounts.OTHER)) {
                one.run("SET ROLE NONE");
                assertThat(another.value("SELECT current_user")).isEqualTo("lesser");
                assertThat(one.value("SELECT current_user")).isEqualTo("other");
                assertThat(another.value("SELECT current_user")).isEqualTo("lesser");
            } finally {
                admin.run("ALTER ROLE other RESET role").run("DROP ROLE lesser");
            }
        }
    }

    @Test
    void nothingRunsUnderTheSettingsOfAnotherWhenOnesOwnAreRefused() {
        try (RawClient admin = weir.connect(Accounts.SUPERUSER)) {
            admin.run("CREATE ROLE granted").run("GRANT granted TO other");
            admin.run("CREATE ROLE strange").run("GRANT strange TO other");
            admin.run("CREATE TABLE ran (who text, path text)").run("GRANT ALL ON ran TO public");
            try (RawClient one = weir.connect(Accounts.OTHER);
                    RawClient another = weir.connect(Accounts.OTHER)) {
                one.run("SET ROLE granted");
                another.run("SELECT 1");
                assertThat(one.value("SELECT current_user")).isEqualTo("granted");
                another.run("SET ROLE strange").run("SET search_path = strange, public");
                admin.run("REVOKE granted FROM other");

                one.send(Frontend.query("INSERT INTO ran SELECT current_user, current_setting('search_path')"));

                assertThat(one.expect("EZ").getFirst().toString())
                        .contains("permission denied to set role")
                        .contains("ERROR", "42501");
                assertThat(admin.value("SELECT count(*) FROM ran")).isEqualTo("0");
                assertThat(another.value("SELECT current_user")).isEqualTo("strange");
            } finally {
                admin.run("DROP TABLE ran").run("DROP ROLE granted").run("DROP ROLE strange");
            }
        }
    }

    @Test
    void aStatementOutdatedByAnotherWayIsPreparedAnew() {
        try (RawClient direct = RawClient.connect(postgres.tcp(), Accounts.SUPERUSER)) {
            direct.run("CREATE TABLE grows AS SELECT 1 AS a").run("GRANT ALL ON grows TO public");
            prepare(first, "s", "SELECT * FROM grows");
            assertThat(bound(first, "s")).contains("SELECT 1");
            direct.run("ALTER TABLE grows ADD b text DEFAULT 'grown'");

            assertThat(bound(first, "s")).contains("grown").doesNotContain("0A000");
            direct.run("DROP TABLE grows");
        }
    }

    @Test
    void temporaryObjectsOfRareKindsGoWithTheirCreator() {
        first.run("CREATE TEXT SEARCH CONFIGURATION pg_temp.hidden (COPY = simple)");
        first.run("CREATE COLLATION pg_temp.hidden (LOCALE = 'C')");
        first.close();

        assertThat(second.value("SELECT count(*) FROM pg_ts_config WHERE cfgname = 'hidden'"))
                .isEqualTo("0");
        assertThat(second.value("SELECT count(*) FROM pg_collation WHERE collname = 'hidden'"))
                .isEqualTo("0");
    }

    @Test
    void sharedStatementsThatAFunctionDeallocatesArePreparedAnew() {
        prepare(second, "s", "SELECT 'still there'");
        assertThat(bound(second, "s")).contains("still there");

        first.run("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");

        assertThat(bound(second, "s")).contains("still there");
    }
}
