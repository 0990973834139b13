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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings that are changed by expressions in catalogs, by SQL that is put together, or under
/// names that only the server can tell.
@ExtendWith(LeakGuard.class)
final class HiddenSettingIT {

    private static final String WARM = "SELECT 'after which it is known what functions do'";

    private final TestPostgres postgres = TestPostgres.shared(18);

    @BeforeEach
    @AfterEach
    void clear() {
        define("DROP SCHEMA IF EXISTS hidden CASCADE", "CREATE SCHEMA hidden", "GRANT ALL ON SCHEMA hidden TO PUBLIC");
    }

    private void define(String... sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            List.of(sql).forEach(admin::run);
            admin.run("GRANT ALL ON ALL TABLES IN SCHEMA hidden TO PUBLIC");
        }
    }

    private WeirFixture pool(int size) {
        return WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", String.valueOf(size))
                .set("workers", "1")
                .start();
    }

    private static String show(RawClient client, String setting) {
        return client.value("SELECT coalesce(current_setting('" + setting + "', true), '')");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "CREATE TABLE hidden.t (a text DEFAULT set_config('work_mem', '3MB', false), b int)"
                        + " | INSERT INTO hidden.t (b) VALUES (1)",
                "CREATE TABLE hidden.t (a text CHECK (set_config('work_mem', a, false) IS NOT NULL))"
                        + " | INSERT INTO hidden.t VALUES ('3MB')",
                "CREATE DOMAIN hidden.d AS text CHECK (set_config('work_mem', value, false) IS NOT NULL)"
                        + " | SELECT '3MB'::hidden.d",
                "CREATE DOMAIN hidden.d AS text CHECK (set_config('work_mem', value, false) IS NOT NULL);"
                        + " CREATE DOMAIN hidden.e AS hidden.d; CREATE TABLE hidden.t (a hidden.e[])"
                        + " | INSERT INTO hidden.t VALUES ('{3MB}')",
                "CREATE DOMAIN hidden.d AS text DEFAULT set_config('work_mem', '3MB', false);"
                        + " CREATE TABLE hidden.t (a hidden.d, b int) | INSERT INTO hidden.t (b) VALUES (1)",
                "CREATE TABLE hidden.t AS SELECT 1 AS a; ALTER TABLE hidden.t ENABLE ROW LEVEL SECURITY;"
                        + " CREATE POLICY p ON hidden.t USING (set_config('work_mem', '3MB', false) IS NOT NULL)"
                        + " | SELECT * FROM hidden.t",
                "CREATE VIEW hidden.v AS SELECT set_config('work_mem', '3MB', false) | SELECT * FROM hidden.v",
                "CREATE VIEW hidden.v AS SELECT * FROM pg_settings"
                        + " | UPDATE hidden.v SET setting = '3MB' WHERE name = 'work_mem'",
                "CREATE TABLE hidden.t (a int); CREATE RULE r AS ON INSERT TO hidden.t DO ALSO SELECT"
                        + " set_config('work_mem', '3MB', false) | INSERT INTO hidden.t VALUES (1)",
                "CREATE TABLE hidden.t (a int); CREATE FUNCTION hidden.nothing() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN RETURN new; END'; CREATE TRIGGER t BEFORE INSERT ON hidden.t FOR EACH ROW WHEN"
                        + " (set_config('work_mem', '3MB', false) IS NOT NULL) EXECUTE FUNCTION hidden.nothing()"
                        + " | INSERT INTO hidden.t VALUES (1)",
                "CREATE FUNCTION hidden.sets() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM"
                        + " set_config('work_mem', '3MB', false); RETURN 1; END $$; CREATE TABLE hidden.t (a int, b int"
                        + " GENERATED ALWAYS AS (hidden.sets() + a) STORED) | INSERT INTO hidden.t (a) VALUES (1)",
                "CREATE FUNCTION hidden.runs(q text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE q; END'"
                        + " | SELECT hidden.runs('SET work_mem = 3072')",
                "CREATE FUNCTION hidden.runs(k text, v text) RETURNS void LANGUAGE plpgsql AS"
                        + " $$ BEGIN EXECUTE concat('S', 'ET ', k, '=', v); END $$"
                        + " ; SELECT 1 | SELECT hidden.runs('work_mem', '3072')",
                "CREATE FUNCTION hidden.runs(k text, v text) RETURNS void LANGUAGE plpgsql AS"
                        + " $$ BEGIN EXECUTE format('%s %I = %L', 'SET', k, v); END $$"
                        + " | SELECT hidden.runs('work_mem', '3MB')",
            })
    void whatExpressionsAndMadeUpTextsSetFollows(String definition, String use) {
        define(definition);
        try (WeirFixture weir = pool(1);
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run(WARM).run(use);

            assertThat(show(second, "work_mem")).isEqualTo("4MB");
            assertThat(show(first, "work_mem")).isEqualTo("3MB");
            assertThat(show(second, "work_mem")).isEqualTo("4MB");
        }
    }

    /// Nobody can ask PostgreSQL for a setting whose name he does not know, so the client stays where it is.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT set_config('app.' || 'secret', 'mine', false)",
                "SELECT set_config(name, 'mine', false) FROM (VALUES ('app.secret')) AS v (name)",
                "SELECT set_config(format('%s.%s', 'app', 'secret'), 'mine', false)",
                "DO $$ BEGIN PERFORM set_config('app' || '.secret', 'mine', false); END $$",
                "DO 'BEGIN PERFORM set_config(''app'' || ''.secret'', ''mine'', false); END'",
                "SELECT hidden.become('secret', 'mine')",
            })
    void aSettingOfUnknownNameKeepsItsServer(String sql) {
        define("CREATE FUNCTION hidden.become(k text, v text) RETURNS void LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM set_config('app.' || k, v, false); END $$");
        try (WeirFixture weir = pool(2);
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            first.run(WARM).run(sql);
            Awaitility.await()
                    .untilAsserted(() ->
                            assertThat(console.rows("SHOW PINS").toString()).contains("setting"));
            for (int i = 0; i < 3; i++) {
                assertThat(show(second, "app.secret")).isEmpty();
                assertThat(show(first, "app.secret")).isEqualTo("mine");
            }
            first.run("DISCARD ALL");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(console.rows("SHOW PINS")).isEmpty());
            assertThat(show(first, "app.secret")).isEmpty();
        }
    }

    /// The first text of all comes before anybody knows what functions do.
    @Test
    void aSettingOfUnknownNameReachesNobodyBeforeFunctionsAreKnown() {
        define("CREATE FUNCTION hidden.become(k text, v text) RETURNS void LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM set_config('app.' || k, v, false); END $$");
        try (WeirFixture weir = pool(1);
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("SELECT hidden.become('secret', 'mine')");

            assertThat(show(second, "app.secret")).isEmpty();
        }
    }

    @Test
    void aFunctionThatBeginsToMakeUpNamesIsLookedAtAnew() {
        String known = "CREATE OR REPLACE FUNCTION hidden.become(k text, v text) RETURNS void LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM set_config('app.known', v, false); %s END $$";
        String madeUp = "PERFORM set_config('app.' || k, v, false);";
        try (WeirFixture weir = pool(2);
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            first.run(known.formatted("")).run(WARM).run("SELECT hidden.become('none', 'mine')");
            assertThat(show(second, "app.known")).isEmpty();
            first.run(known.formatted(madeUp));
            Awaitility.await().untilAsserted(() -> {
                first.run(WARM).run("SELECT hidden.become('secret', 'mine')");
                assertThat(console.rows("SHOW PINS").toString()).contains("setting");
            });
            assertThat(show(second, "app.secret")).isEmpty();
        }
    }

    /// … unless it is seen to be known, or to end with the transaction.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT set_config('app.' || 'secret', upper('mine'), true)",
                "DO $$ BEGIN PERFORM set_config('app.secret', 'a' || 'b', false); END $$",
                "DO 'BEGIN PERFORM set_config(''app.secret'', ''mine'', false); END'",
                "DO $$ BEGIN EXECUTE 'SELECT 1' || ''; END $$",
                "SELECT hidden.locally('secret', 'mine')",
                "SELECT hidden.routes('pg_class')",
            })
    void whatIsKnownPinsNobody(String sql) {
        define(
                "CREATE FUNCTION hidden.locally(k text, v text) RETURNS void LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM set_config('app.' || k, v, true); END $$",
                "CREATE FUNCTION hidden.routes(t text) RETURNS void LANGUAGE plpgsql AS"
                        + " $$ BEGIN EXECUTE format('SELECT count(*) FROM %I', t); END $$");
        try (WeirFixture weir = pool(1);
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run(WARM).run(sql);
            assertThat(show(second, "app.secret")).isEmpty();
        }
    }

    /// A client that is kept for one thing, and has set another that nobody knows of, leaves neither when it goes on.
    @Test
    void whatWasSetUnseenEndsWithThePin() {
        try (WeirFixture weir = pool(1);
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("CREATE TEMP TABLE keeps (a int)")
                    .run("DO $$ BEGIN EXECUTE 'SET app.' || 'secret = 7'; END $$")
                    .run("SET work_mem = '3MB'")
                    .run("DROP TABLE keeps");
            assertThat(show(second, "app.secret")).isEmpty();
            assertThat(show(first, "work_mem")).isEqualTo("3MB");
        }
    }
}
