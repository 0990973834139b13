package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Functions that change the session of whoever uses them, which no text shows: in transaction mode that is seen all
/// the
/// same, and nobody else finds anything of it.
@ExtendWith(LeakGuard.class)
final class FunctionIT {

    private static final String WATCH = "dev.weir.proxy.pool.FunctionWatch";

    private static final String SETS = "CREATE FUNCTION hidden.sets() RETURNS int LANGUAGE plpgsql AS"
            + " $$ BEGIN SET work_mem = '3MB'; RETURN 1; END $$";

    private static final String SETS_IN_TRIGGER = "CREATE FUNCTION hidden.on_row() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM set_config('work_mem', '3MB', false); RETURN new; END $$";

    private final TestPostgres postgres = TestPostgres.shared(18);

    @BeforeEach
    @AfterEach
    void clear() {
        define("DROP SCHEMA IF EXISTS hidden CASCADE", "CREATE SCHEMA hidden", "GRANT ALL ON SCHEMA hidden TO PUBLIC");
    }

    private void define(String... sql) {
        define(postgres, sql);
    }

    private static void define(TestPostgres postgres, String... sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            List.of(sql).forEach(admin::run);
            admin.run("GRANT ALL ON ALL TABLES IN SCHEMA hidden TO PUBLIC");
        }
    }

    private static WeirFixture.Setup setup(TestPostgres postgres) {
        return WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "1")
                .set("workers", "1");
    }

    private static String show(RawClient client, String setting) {
        return client.value("SELECT coalesce(current_setting('" + setting + "', true), '')");
    }

    /// What the log says it has found; other tests may have left something of theirs.
    private static List<String> suspects(LogLines log) {
        return log.lines().isEmpty()
                ? List.of()
                : List.of(log.lines().getLast().replaceFirst(".* used: ", "").split(", "));
    }

    /// On the one server of both.
    private static void assertFollows(RawClient first, RawClient second) {
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
        assertThat(show(first, "work_mem")).isEqualTo("3MB");
        assertThat(show(second, "work_mem")).isEqualTo("4MB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plpgsql AS $$ BEGIN SET work_mem = '3MB'; RETURN 1; END $$",
                "plpgsql AS $$ BEGIN -- now\n /* and */ SET SESSION work_mem = '3MB'; RETURN 1; END $$",
                "plpgsql AS $$ BEGIN IF true THEN SET work_mem = '3MB'; END IF; RETURN 1; END $$",
                "plpgsql AS $$ BEGIN EXECUTE 'SET work_mem = ''3MB'''; RETURN 1; END $$",
                "plpgsql AS $$ BEGIN EXECUTE format('SET %I = %L', 'work_mem', '3MB'); RETURN 1; END $$",
                "plpgsql AS $$ BEGIN PERFORM set_config('a.b', 'c', true), set_config('work_mem', '3MB', false);"
                        + " RETURN 1; END $$",
                "sql AS $$ SELECT set_config('work_mem', '3MB', false); SELECT 1 $$",
                "sql AS $$ UPDATE pg_settings SET setting = 3072 WHERE name = 'work_mem'; SELECT 1 $$",
                "sql RETURN length(set_config('work_mem', '3MB', false))",
            })
    void whatAFunctionSetsFollows(String function) {
        define("CREATE FUNCTION hidden.f() RETURNS int LANGUAGE " + function);
        try (WeirFixture weir = setup(postgres).start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("SELECT hidden.f()");

            assertFollows(first, second);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE FUNCTION hidden.calls() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN Hidden.Sets(); END'"
                        + " | SELECT * FROM hidden.calls()",
                "CREATE FUNCTION hidden.calls() RETURNS int RETURN hidden.sets() | SELECT HIDDEN.CALLS()",
                "CREATE VIEW hidden.v AS SELECT hidden.sets() | SELECT * FROM \"hidden\".\"v\"",
                "CREATE TABLE hidden.t (a int DEFAULT hidden.sets(), b int) | INSERT INTO hidden.t (b) VALUES (1)",
                "CREATE TABLE hidden.t (a int CHECK (a = hidden.sets())) | INSERT INTO hidden.t VALUES (1)",
                "CREATE AGGREGATE hidden.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')"
                        + " | SELECT hidden.agg(hidden.sets())",
            })
    void whatCallsTheFunctionIsSeenToo(String definition, String use) {
        define(SETS, definition);
        try (WeirFixture weir = setup(postgres).start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run(use);

            assertFollows(first, second);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO hidden.child VALUES (2)",
                "INSERT INTO hidden.over VALUES (2)",
                "COPY hidden.child FROM '/dev/null'; UPDATE hidden.child SET a = 1",
                "UPDATE hidden.parent SET a = 3",
                "WITH x AS (UPDATE hidden.child SET a = 1 RETURNING a) SELECT * FROM x",
            })
    void triggersAreSeen(String use) {
        define(
                SETS_IN_TRIGGER,
                "CREATE TABLE hidden.parent (a int PRIMARY KEY)",
                "CREATE TABLE hidden.child (a int REFERENCES hidden.parent ON UPDATE CASCADE)",
                "CREATE VIEW hidden.over AS SELECT * FROM hidden.child",
                "INSERT INTO hidden.parent VALUES (1), (2)",
                "INSERT INTO hidden.child VALUES (1)",
                "DELETE FROM hidden.parent WHERE a = 2 AND $q$" + use + "$q$ LIKE 'UPDATE hidden.parent%'",
                "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON hidden.child FOR EACH ROW EXECUTE FUNCTION"
                        + " hidden.on_row()");
        try (WeirFixture weir = setup(postgres).start();
                RawClient first = weir.connect(use.startsWith("COPY") ? Accounts.SUPERUSER : Accounts.APP);
                RawClient second = weir.connect(use.startsWith("COPY") ? Accounts.SUPERUSER : Accounts.APP)) {
            first.run(use);

            assertFollows(first, second);
        }
    }

    @Test
    void settingsOfTheApplicationsOwnFollow() {
        define("CREATE FUNCTION hidden.become(who text) RETURNS void LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM set_config('app.tenant', who, false); END $$");
        try (WeirFixture weir = setup(postgres).start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.extended("SELECT hidden.become($1)", "one");
            second.extended("SELECT hidden.become($1)", "two");

            assertThat(show(first, "app.tenant")).isEqualTo("one");
            assertThat(show(second, "app.tenant")).isEqualTo("two");
            assertThat(show(first, "app.tenant")).isEqualTo("one");
        }
    }

    @Test
    void preparedStatementsAreSeenAtEachExecution() {
        define(SETS);
        try (WeirFixture weir = setup(postgres).start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.send(Frontend.parse("s", "SELECT hidden.sets()"), Frontend.sync());
            first.readUntilReady();
            first.run("PREPARE p AS SELECT hidden.sets()");
            for (String execution : List.of("bind", "execute", "bind")) {
                if (execution.equals("bind")) {
                    first.send(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync());
                    first.readUntilReady();
                } else {
                    first.run("EXECUTE p");
                }
                assertFollows(first, second);
                first.run("RESET work_mem");
            }
            first.extended("EXECUTE p");
            assertFollows(first, second);
        }
    }

    @Test
    void whatIsDefinedThroughWeirIsSeenAtOnce() {
        try (WeirFixture weir = setup(postgres).start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            second.run("CREATE FUNCTION hidden.sets() RETURNS int RETURN 1");
            first.send(Frontend.parse("s", "SELECT hidden.sets()"), Frontend.sync());
            first.readUntilReady();
            first.run("SELECT hidden.sets()");
            assertThat(show(first, "work_mem")).isEqualTo("4MB");

            second.run("DROP FUNCTION hidden.sets()").run(SETS);
            first.send(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync());
            first.readUntilReady();
            assertFollows(first, second);
            first.run("RESET work_mem");

            first.run("BEGIN; CREATE FUNCTION hidden.sets2() RETURNS text RETURN set_config('work_mem', '3MB', false);"
                    + " SELECT hidden.sets2(); COMMIT");
            assertFollows(first, second);
            second.run("ALTER FUNCTION hidden.sets2() RENAME TO sets3");
            first.run("RESET work_mem").run("SELECT hidden.sets3()");
            assertFollows(first, second);
        }
    }

    @Test
    void whatOthersDefineIsSeenInTime() {
        try (WeirFixture weir =
                        setup(postgres).set("function_survey_interval", "0.05").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP);
                LogLines log = LogLines.of(WATCH)) {
            first.run("SELECT 1");
            define(SETS);
            Awaitility.await().until(() -> {
                second.run("SELECT 1");
                return suspects(log).contains("sets");
            });
            first.run("SELECT hidden.sets()");

            assertFollows(first, second);
        }
    }

    @Test
    void locksAndTablesOfFunctionsPin() {
        define(
                "CREATE FUNCTION hidden.locks() RETURNS void LANGUAGE sql AS 'SELECT pg_advisory_lock(7301)'",
                "CREATE FUNCTION hidden.frees() RETURNS boolean LANGUAGE sql AS 'SELECT pg_advisory_unlock(7301)'",
                "CREATE FUNCTION hidden.makes() RETURNS void LANGUAGE plpgsql AS"
                        + " 'BEGIN CREATE TEMP TABLE made (a int); END'",
                "CREATE FUNCTION hidden.drops() RETURNS void LANGUAGE plpgsql AS"
                        + " 'BEGIN SET LOCAL client_min_messages = warning; DROP TABLE pg_temp.made; END'");
        try (WeirFixture weir = setup(postgres).set("default_pool_size", "2").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("SELECT hidden.locks()");
            assertThat(second.value("SELECT pg_try_advisory_lock(7301)")).isEqualTo("f");
            assertThat(first.value("SELECT hidden.frees()")).isEqualTo("t");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
            first.run("SELECT hidden.makes()").run("INSERT INTO made VALUES (1)");
            assertThat(second.value("SELECT to_regclass('made') IS NULL")).isEqualTo("t");
            assertThat(first.value("SELECT count(*) FROM made")).isEqualTo("1");
            first.run("SELECT hidden.drops()");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
        }
    }

    /// A database whose functions are harmless has no names to look for.
    @Test
    void whatEndsWithTheTransactionIsNotSuspect() {
        define(
                SETS,
                "CREATE TABLE hidden.\"T\" (a int, \"offset\" int)",
                "CREATE FUNCTION hidden.local1() RETURNS text LANGUAGE plpgsql AS"
                        + " $$ BEGIN SET LOCAL work_mem = '3MB'; RETURN set_config('a.b', upper('c'), TRUE); END $$",
                "CREATE FUNCTION hidden.updates() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE hidden.\"T\" SET a"
                    + " = 1; INSERT INTO hidden.\"T\" VALUES (1) ON CONFLICT DO NOTHING; UPDATE hidden.\"T\" AS x\n"
                    + " SET \"offset\" = 2; PERFORM pg_advisory_xact_lock(1); RAISE NOTICE 'the set is reset'; END $$",
                "CREATE FUNCTION hidden.within() RETURNS int LANGUAGE sql SET work_mem = '3MB' AS 'SELECT 1'");
        try (LogLines log = LogLines.of(WATCH);
                WeirFixture weir = setup(postgres).start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT hidden.updates()");

            Awaitility.await().untilAsserted(() -> assertThat(suspects(log)).contains("sets"));
            assertThat(suspects(log)).doesNotContain("local1", "updates", "within", "t");
        }
    }

    @Test
    void nobodyLooksIfThatIsNotWanted() {
        define(SETS);
        try (LogLines log = LogLines.of(WATCH);
                WeirFixture weir =
                        setup(postgres).set("function_survey_interval", "0").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("SELECT hidden.sets()");

            assertThat(show(second, "work_mem")).isEqualTo("3MB");
            assertThat(log.lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void olderVersionsAnswerToo(int version) {
        TestPostgres older = TestPostgres.shared(version);
        define(
                older,
                "DROP SCHEMA IF EXISTS hidden CASCADE",
                "CREATE SCHEMA hidden",
                "GRANT ALL ON SCHEMA hidden TO PUBLIC");
        define(older, SETS);
        try (WeirFixture weir = setup(older).start();
                RawClient odd = weir.connect(Accounts.APP.with("options", "-c standard_conforming_strings=off"));
                RawClient usual = weir.connect(Accounts.APP)) {
            odd.run("SET search_path = nowhere");
            usual.run("CREATE VIEW hidden.v AS SELECT hidden.sets()");
            usual.run("SELECT * FROM hidden.v");

            assertFollows(usual, odd);
        } finally {
            define(older, "DROP SCHEMA hidden CASCADE", "CREATE SCHEMA hidden");
        }
    }
}
