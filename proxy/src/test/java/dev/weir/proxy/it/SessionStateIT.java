package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two clients in transaction mode on the one server they share: each has the session that its own statements have
/// made,
/// as if it had a server of its own.
@ExtendWith(LeakGuard.class)
final class SessionStateIT {

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

    private static String show(RawClient client, String setting) {
        return client.value("SELECT coalesce(current_setting('" + setting + "', true), '')");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET work_mem = '3MB'",
                "SET SESSION work_mem TO '3MB'",
                "SELECT set_config('work_mem', '3MB', false)",
                "DO $$ BEGIN PERFORM set_config('work_mem', '3MB', false); END $$",
                "SELECT 1; SET work_mem = '3MB'",
                "BEGIN; SET work_mem = '3MB'; COMMIT",
                "UPDATE pg_settings SET setting = 3072 WHERE name = 'work_mem'",
                "/* a comment */ set /**/ WORK_MEM = 3072",
            })
    void aSettingFollowsItsClient(String sql) {
        first.run(sql);

        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
    }

    @Test
    void aSettingOfTheExtendedProtocolFollowsItsClient() {
        first.extended("SET work_mem = '3MB'");

        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");
    }

    @Test
    void aListAndOddCharactersKeepTheirValue() {
        first.run("SET search_path = \"A b\", public").run("SET app.text = 'it''s \\ \u00e4 \u20ac'");

        assertThat(show(second, "search_path")).isEqualTo("\"$user\", public");
        assertThat(show(second, "app.text")).isEmpty();
        assertThat(show(first, "search_path")).isEqualTo("\"A b\", public");
        assertThat(show(first, "app.text")).isEqualTo("it's \\ \u00e4 \u20ac");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET app.user_id = '7'",
                "SELECT set_config('app.user_id', '7', false)",
                "DO $$ BEGIN PERFORM set_config('app.user_id', '7', false); END $$",
                "DO $$ BEGIN SET app.user_id = '7'; END $$",
            })
    void aCustomSettingFollowsItsClient(String sql) {
        first.run(sql);

        assertThat(show(second, "app.user_id")).isEmpty();
        assertThat(show(first, "app.user_id")).isEqualTo("7");
        first.run("RESET app.user_id");
        assertThat(show(second, "app.user_id")).isEmpty();
        assertThat(show(first, "app.user_id")).isEmpty();
    }

    @Test
    void aCustomSettingNamedByAParameterFollowsItsClient() {
        for (String name : List.of("app.one", "App.Two", "work_mem")) {
            first.extended("SELECT set_config($1::text, $2, false)", name, "3MB");
        }

        for (String name : List.of("app.one", "app.two")) {
            assertThat(show(second, name)).isEmpty();
            assertThat(show(first, name)).isEqualTo("3MB");
        }
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");
    }

    @Test
    void manyWordsWithDotsDoNotHideASetting() {
        for (int i = 0; i < 300; i++) {
            first.run("SET app.mail = 'number%d.at@example%d.org'".formatted(i, i));
        }

        assertThat(show(second, "app.mail")).isEmpty();
        assertThat(show(first, "app.mail")).isEqualTo("number299.at@example299.org");
        first.run("SET app.after = '1'");
        assertThat(show(second, "app.after")).isEmpty();
        assertThat(show(first, "app.after")).isEqualTo("1");
    }

    @Test
    void whatIsRolledBackWasNeverSet() {
        first.run("SET work_mem = '3MB'")
                .run("BEGIN")
                .run("SET work_mem = '5MB'")
                .run("ROLLBACK");
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");

        first.run("BEGIN")
                .run("SET work_mem = '6MB'")
                .run("SAVEPOINT s")
                .run("SET work_mem = '7MB'")
                .run("ROLLBACK TO s")
                .run("COMMIT");
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("6MB");
    }

    @Test
    void aLocalSettingEndsWithItsTransaction() {
        first.run("BEGIN").run("SET LOCAL work_mem = '3MB'");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");
        first.run("COMMIT");

        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("4MB");
    }

    @Test
    void resetBringsBackWhatTheSessionBeganWith() {
        try (RawClient client = weir.connect(Accounts.APP.with("options", "-c work_mem=2MB"))) {
            client.run("SET work_mem = '3MB'").run("SET statement_timeout = '10s'");
            assertThat(show(second, "statement_timeout")).isEqualTo("0");
            client.run("RESET work_mem");
            assertThat(show(second, "work_mem")).isEqualTo("4MB");
            assertThat(show(client, "work_mem")).isEqualTo("2MB");
            assertThat(show(client, "statement_timeout")).isEqualTo("10s");

            client.run("RESET ALL");
            assertThat(show(second, "work_mem")).isEqualTo("4MB");
            assertThat(show(client, "work_mem")).isEqualTo("2MB");
            assertThat(show(client, "statement_timeout")).isEqualTo("0");
        }
    }

    @Test
    void discardAllIsTheClientsOwnAffair() {
        first.run("SET work_mem = '3MB'").run("SET application_name = 'elsewhere'");
        first.send(Frontend.parse("s", "SELECT 1"), Frontend.sync()).expect("1Z");

        assertThat(first.query("DISCARD ALL").toString()).contains("application_name", "DISCARD ALL");

        assertThat(show(first, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "application_name")).isEmpty();
        first.send(Frontend.parse("s", "SELECT 2"), Frontend.sync()).expect("1Z");
    }

    @Test
    void whatATransactionSetForItselfIsNotKept() {
        first.run("BEGIN")
                .run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY")
                .run("SET work_mem = '3MB'");
        first.run("COMMIT");

        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "transaction_isolation")).isEqualTo("read committed");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");
    }

    @Test
    void newDefaultsOfTheRoleHoldForNewClients() {
        try (RawClient admin = weir.connect(Accounts.SUPERUSER)) {
            assertThat(show(first, "work_mem")).isEqualTo("4MB");
            admin.run("ALTER ROLE app SET work_mem = '3MB'");
            try (RawClient late = weir.connect(Accounts.APP)) {
                assertThat(show(late, "work_mem")).isEqualTo("3MB");
            } finally {
                admin.run("ALTER ROLE app RESET work_mem");
            }
        }
    }

    @Test
    void aRoleFollowsItsClient() {
        try (RawClient admin = weir.connect(Accounts.SUPERUSER);
                RawClient other = weir.connect(Accounts.SUPERUSER)) {
            admin.run("DROP ROLE IF EXISTS acted").run("CREATE ROLE acted");
            admin.run("SET ROLE acted").run("SET work_mem = '3MB'");
            assertThat(other.value("SELECT current_user")).isNotEqualTo("acted");
            assertThat(admin.value("SELECT current_user")).isEqualTo("acted");
            admin.run("RESET ROLE").run("SET SESSION AUTHORIZATION acted");
            assertThat(other.value("SELECT session_user")).isNotEqualTo("acted");
            assertThat(show(other, "work_mem")).isEqualTo("4MB");
            assertThat(admin.value("SELECT session_user")).isEqualTo("acted");
            assertThat(show(admin, "work_mem")).isEqualTo("3MB");
            admin.run("RESET SESSION AUTHORIZATION").run("DROP ROLE acted");
        }
    }

    @Test
    void aClientThatVanishesLeavesNothingBehind() {
        first.send(
                Frontend.query("SET work_mem = '3MB'"),
                Frontend.query("SELECT set_config('app.secret', 'mine', false), pg_sleep(0.05)"));
        first.vanish();

        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(second, "app.secret")).isEmpty();
    }

    @Test
    void aTextThatIsReadOtherwiseThanItWasScannedHidesNothing() {
        first.send(
                Frontend.query("SET standard_conforming_strings = off"),
                Frontend.query("SELECT '\\'; SELECT '; SET work_mem = '1234kB'; --'"));
        first.readUntilReady(2);

        assertThat(second.value("SHOW work_mem")).isNotEqualTo("1234kB");
        assertThat(first.value("SHOW work_mem")).isEqualTo("1234kB");
    }

    @Test
    void pipelinedStatementsRunUnderTheSettingsBeforeThem() {
        first.send(
                Frontend.query("SET work_mem = '3MB'"),
                Frontend.query("SHOW work_mem"),
                Frontend.query("RESET work_mem"),
                Frontend.query("SHOW work_mem"));

        assertThat(first.expect("CZTDCZCZTDCZ").stream()
                        .filter(message -> message.type() == 'D')
                        .map(message -> message.columns().getFirst()))
                .containsExactly("3MB", "4MB");
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
    }

    // ---- SQL-level PREPARE ----

    @Test
    void statementsPreparedInSqlAreTheClientsOwn() {
        first.run("PREPARE p (int) AS SELECT 'first ' || $1");
        second.run("PREPARE p (int) AS SELECT 'second ' || $1");

        for (int i = 0; i < 3; i++) {
            assertThat(first.value("EXECUTE p (" + i + ")")).isEqualTo("first " + i);
            assertThat(second.value("EXECUTE p (" + i + ")")).isEqualTo("second " + i);
        }
        assertThat(first.error("PREPARE p AS SELECT 1").sqlState()).isEqualTo("42P05");
        first.run("DEALLOCATE p");
        assertThat(first.error("EXECUTE p (1)").sqlState()).isEqualTo("26000");
        assertThat(first.error("DEALLOCATE p").sqlState()).isEqualTo("26000");
        assertThat(second.value("EXECUTE p (4)")).isEqualTo("second 4");
        second.run("DEALLOCATE ALL");
        assertThat(second.error("EXECUTE p (1)").sqlState()).isEqualTo("26000");
    }

    @Test
    void oneNamespaceHoldsStatementsOfBothKinds() {
        first.send(Frontend.parse("wire", "SELECT 'wire'"), Frontend.sync()).expect("1Z");
        first.run("PREPARE spoken AS SELECT 'spoken'");
        second.run("DEALLOCATE ALL");

        assertThat(first.value("EXECUTE wire")).isEqualTo("wire");
        first.send(Frontend.bind("", "spoken"), Frontend.execute("", 0), Frontend.sync());
        assertThat(first.expect("2DCZ").get(1).columns()).isEqualTo(List.of("spoken"));
        first.run("DEALLOCATE wire");
        first.send(Frontend.bind("", "wire"), Frontend.execute("", 0), Frontend.sync());
        assertThat(first.expect("EZ").getFirst().sqlState()).isEqualTo("26000");
    }

    @Test
    void executeIsFoundWithinOtherCommands() {
        first.run("PREPARE p (int) AS SELECT $1 AS n");
        second.run("PREPARE p AS SELECT 'other'");

        assertThat(first.value("EXPLAIN (COSTS off) EXECUTE p (1)")).isEqualTo("Result");
        first.run("CREATE TEMP TABLE made AS EXECUTE p (5)");
        assertThat(first.value("SELECT n FROM made")).isEqualTo("5");
        first.run("DROP TABLE made");
        assertThat(second.value("EXECUTE p")).isEqualTo("other");
        first.extended("EXPLAIN EXECUTE p (1)");
        assertThat(first.extended("EXECUTE p (8)").toString()).contains("DataRow[8]");
    }

    @Test
    void aPlanWhoseTablesHaveChangedIsMadeAnew() {
        first.run("DROP TABLE IF EXISTS widened")
                .run("CREATE TABLE widened (n int)")
                .run("INSERT INTO widened VALUES (1)");
        byte[][] execution = {Frontend.bind("", "all"), Frontend.execute("", 0), Frontend.sync()};
        first.send(Frontend.parse("all", "SELECT * FROM widened"), Frontend.sync())
                .expect("1Z");
        first.send(execution).expect("2DCZ");

        second.run("ALTER TABLE widened ADD COLUMN m int DEFAULT 2");

        assertThat(first.send(execution).expect("2DCZ").get(1).columns()).containsExactly("1", "2");
        first.run("DROP TABLE widened");
    }

    @Test
    void aKnownStatementIsPreparedWithoutAServer() {
        first.send(Frontend.parse("s", "SELECT 'known'"), Frontend.sync()).expect("1Z");
        first.run("BEGIN");

        second.send(Frontend.parse("t", "SELECT 'known'"), Frontend.sync()).expect("1Z");

        first.run("COMMIT");
        second.send(Frontend.bind("", "t"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
    }

    @Test
    void aSettingWithoutMeaningForOthersCostsNoPreparedStatement() {
        first.run("SELECT 'after which it is known what functions do'");
        for (int i = 0; i < 3; i++) {
            first.run("BEGIN").run("SELECT set_config('app.user_id', '" + i + "', true)");
            first.send(
                            Frontend.parse("s" + i, "SELECT 'shared by all'"),
                            Frontend.bind("", "s" + i),
                            Frontend.execute("", 0),
                            Frontend.sync())
                    .expect("12DCZ");
            first.run("COMMIT");
        }

        assertThat(second.value("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%''shared by all''%'"
                        + " AND name LIKE 'weir%'"))
                .isEqualTo("1");
    }

    @Test
    void oneTextUnderTwoSearchPathsIsTwoStatements() {
        first.run("CREATE SCHEMA IF NOT EXISTS elsewhere").run("DROP TABLE IF EXISTS public.placed, elsewhere.placed");
        first.run("CREATE TABLE public.placed (n int)").run("CREATE TABLE elsewhere.placed (t text, more text)");
        first.run("INSERT INTO public.placed VALUES (1)").run("INSERT INTO elsewhere.placed VALUES ('a', 'b')");
        second.run("SET search_path = elsewhere");
        byte[][] execution = {Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync()};
        for (RawClient client : List.of(first, second)) {
            client.send(Frontend.parse("s", "SELECT * FROM placed"), Frontend.sync())
                    .expect("1Z");
        }

        for (int i = 0; i < 2; i++) {
            assertThat(first.send(execution).expect("2DCZ").get(1).columns()).containsExactly("1");
            assertThat(second.send(execution).expect("2DCZ").get(1).columns()).containsExactly("a", "b");
        }
        second.run("SET search_path = public");
        assertThat(second.send(execution).expect("2DCZ").get(1).columns()).containsExactly("1");
        first.run("DROP TABLE public.placed, elsewhere.placed");
    }

    @Test
    void aFailedPrepareHasPreparedNothing() {
        assertThat(first.error("PREPARE p AS SELECT nowhere").sqlState()).isEqualTo("42703");
        assertThat(first.error("EXECUTE p").sqlState()).isEqualTo("26000");
        first.run("PREPARE p AS SELECT 1");
        assertThat(first.value("EXECUTE p")).isEqualTo("1");
    }

    @Test
    void aStatementThatCannotBePreparedAgainSaysWhyOnce() {
        first.run("CREATE TABLE IF NOT EXISTS gone_soon (n int)");
        first.run("PREPARE p AS SELECT n FROM gone_soon");
        second.run("DROP TABLE gone_soon");
        try (RawClient console = weir.console()) {
            console.run("RECONNECT");
        }

        assertThat(first.error("EXECUTE p").sqlState()).isEqualTo("42P01");
        assertThat(first.value("SELECT 1")).isEqualTo("1");
        first.run("BEGIN");
        assertThat(first.error("EXECUTE p").sqlState()).isEqualTo("42P01");
        assertThat(first.transactionStatus()).isEqualTo('E');
        first.run("ROLLBACK");
    }

    // ---- order ----

    @Test
    void statementsPreparedBehindDeallocateAllStay() {
        second.send(Frontend.parse("t", "SELECT 'text'"), Frontend.sync()).expect("1Z");
        first.run("DEALLOCATE ALL");
        first.send(Frontend.query("DEALLOCATE ALL"), Frontend.parse("s", "SELECT 'text'"), Frontend.sync());
        first.expect("CZ1Z");

        second.send(Frontend.bind("", "t"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
        first.send(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
    }

    @Test
    void statementsPreparedBehindAHiddenDeallocateAllStay() {
        second.send(Frontend.parse("t", "SELECT 'text'"), Frontend.sync()).expect("1Z");
        first.send(Frontend.query("SELECT 1; DEALLOCATE ALL"), Frontend.parse("s", "SELECT 'text'"), Frontend.sync());
        first.expect("TDCCZ1Z");

        second.send(Frontend.bind("", "t"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
        first.send(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync())
                .expect("2DCZ");
    }

    @Test
    void aStatementIsNotBelievedPreparedBecauseAFailedOneIsUnderWay() {
        String text = "SELECT n FROM not_there_yet";
        first.run("DROP TABLE IF EXISTS not_there_yet");
        first.send(
                Frontend.parse("a", text),
                Frontend.sync(),
                Frontend.query("CREATE TABLE not_there_yet (n int)"),
                Frontend.parse("b", text),
                Frontend.sync(),
                Frontend.bind("", "b"),
                Frontend.execute("", 0),
                Frontend.sync());

        first.expect("EZCZ1Z2CZ");
        first.run("DROP TABLE not_there_yet");
    }

    @Test
    void commentsOfTracersMakeNoNewStatement() {
        for (int i = 0; i < 5; i++) {
            first.send(
                            Frontend.parse("s" + i, "/* a */ SELECT 'traced' /*traceparent='00-" + i + "'*/"),
                            Frontend.bind("", "s" + i),
                            Frontend.execute("", 0),
                            Frontend.sync())
                    .expect("12DCZ");
        }

        assertThat(second.value("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%''traced''%'"
                        + " AND name LIKE 'weir%'"))
                .isEqualTo("1");
    }
}
