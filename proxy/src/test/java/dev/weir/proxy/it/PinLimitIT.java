package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How far clients may keep servers to themselves: `max_pinned_percent`, `pin` and `session_state`.
@ExtendWith(LeakGuard.class)
final class PinLimitIT {

    private static final String LIMIT = "53400";
    private static final String NOT_SUPPORTED = "0A000";

    private final TestPostgres postgres = TestPostgres.shared(18);

    private WeirFixture.Setup setup() {
        return WeirFixture.over(postgres)
                .set("pool_mode", "transaction")
                .set("default_pool_size", "2")
                .set("workers", "1");
    }

    private static WeirFixture halfOfThePool(WeirFixture.Setup setup) {
        return setup.set("max_pinned_percent", "50").start();
    }

    private static String types(List<Message> messages) {
        return messages.stream().map(message -> String.valueOf(message.type())).collect(Collectors.joining());
    }

    private static Message errorIn(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.type() == 'E')
                .findFirst()
                .orElseThrow(() -> new AssertionError("an error was expected, got " + messages));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_advisory_lock(7101)",
                "CREATE TEMP TABLE pin (a int)",
                "SELECT 1 AS a INTO TEMP pin",
                "BEGIN; DECLARE pin CURSOR WITH HOLD FOR SELECT 1; COMMIT",
                "SELECT 1; PREPARE U&\"pin\" AS SELECT 1",
                "LOAD 'auto_explain'",
            })
    void refusesWhereTheShareIsReached(String sql) {
        try (WeirFixture weir = halfOfThePool(setup());
                RawClient holder = weir.connect(Accounts.APP);
                RawClient late = weir.connect(Accounts.APP)) {
            holder.run("SET application_name = 'stock taking'").run("CREATE TEMP TABLE pin (a int)");
            holder.run("SELECT 1");

            Message error = late.error(sql);

            assertThat(error.sqlState()).isEqualTo(LIMIT);
            assertThat(error.severity()).isEqualTo("ERROR");
            assertThat(error.fields().toString())
                    .contains("max_pinned_percent", "stock taking", "temporary table (pin)");
            assertThat(late.transactionStatus()).isEqualTo('I');
            assertThat(late.value("SELECT 1")).isEqualTo("1");
            holder.run("SELECT pg_advisory_lock(7102)").run("DISCARD ALL");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
            late.run("SELECT pg_advisory_lock(7101)").run("SELECT pg_advisory_unlock(7101)");
        }
    }

    /// By default too, where the pool is large enough for a tenth of it to be a server.
    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void oneServerIsLeftForEverybodyElse(int size) {
        try (WeirFixture weir =
                setup().set("default_pool_size", String.valueOf(size)).start()) {
            List<RawClient> holders = new ArrayList<>();
            try (RawClient late = weir.connect(Accounts.APP);
                    RawClient other = weir.connect(Accounts.APP)) {
                for (int i = 1; i < size; i++) {
                    RawClient holder = weir.connect(Accounts.APP);
                    holders.add(holder.run("SELECT pg_advisory_lock(" + (7200 + i) + ")"));
                    holder.run("SELECT 1"); // behind the look at what the one before has left
                }
                assertThat(late.error("SELECT pg_advisory_lock(7299)").sqlState())
                        .isEqualTo(LIMIT);
                assertThat(other.value("SELECT 1")).isEqualTo("1");
            } finally {
                holders.forEach(RawClient::close);
            }
        }
    }

    @Test
    void aSmallPoolMayBeKeptWholly() {
        try (WeirFixture weir = setup().set("default_pool_size", "2").start();
                RawClient one = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            one.run("CREATE TEMP TABLE pin (a int)");
            other.run("CREATE TEMP TABLE pin (b int)");
            assertThat(one.value("SELECT count(a) FROM pin")).isEqualTo("0");
            assertThat(other.value("SELECT count(b) FROM pin")).isEqualTo("0");
        }
    }

    @Test
    void aRefusalFailsTheTransaction() {
        try (WeirFixture weir = halfOfThePool(setup());
                RawClient holder = weir.connect(Accounts.APP);
                RawClient late = weir.connect(Accounts.APP)) {
            holder.run("CREATE TEMP TABLE pin (a int)").run("SELECT 1");
            late.run("BEGIN");

            List<Message> answer = late.query("CREATE TEMP TABLE pin2 (a int)");

            assertThat(types(answer)).isEqualTo("EZ");
            assertThat(errorIn(answer).sqlState()).isEqualTo(LIMIT);
            assertThat(late.transactionStatus()).isEqualTo('E');
            assertThat(late.error("SELECT 1").sqlState()).isEqualTo("25P02");
            late.run("ROLLBACK");
            assertThat(late.value("SELECT to_regclass('pin2') IS NULL")).isEqualTo("t");
        }
    }

    @Test
    void aRefusalEndsTheBatch() {
        try (WeirFixture weir = halfOfThePool(setup());
                RawClient holder = weir.connect(Accounts.APP);
                RawClient late = weir.connect(Accounts.APP)) {
            holder.run("SELECT 'after which it is known what functions do'").run("SELECT 1");
            late.send(Frontend.parse("lock", "SELECT pg_advisory_lock($1)"), Frontend.sync());
            late.readUntilReady();
            holder.run("CREATE TEMP TABLE pin (a int)").run("SELECT 1");

            assertThat(types(late.extended("SELECT pg_advisory_lock($1)", "7101")))
                    .isEqualTo("EZ");
            late.send(
                    Frontend.bind("", "lock", "7101"),
                    Frontend.execute("", 0),
                    Frontend.sync(),
                    Frontend.unnamed("SELECT 7"),
                    Frontend.sync());
            assertThat(types(late.readUntilReady())).isEqualTo("EZ");
            assertThat(types(late.readUntilReady())).isEqualTo("12TDCZ");

            late.run("BEGIN");
            late.send(
                    Frontend.unnamed("SELECT 7"),
                    Frontend.bind("", "lock", "7101"),
                    Frontend.execute("", 0),
                    Frontend.unnamed("SELECT 8"),
                    Frontend.sync());
            List<Message> answer = late.readUntilReady();
            assertThat(types(answer)).isEqualTo("12TDCEZ");
            assertThat(errorIn(answer).sqlState()).isEqualTo(LIMIT);
            assertThat(late.transactionStatus()).isEqualTo('E');
            late.run("ROLLBACK");
            late.run("BEGIN");
            late.send(Frontend.bind("", "lock", "7101"), Frontend.execute("", 0), Frontend.sync());
            assertThat(types(late.readUntilReady())).isEqualTo("EZ");
            late.run("ROLLBACK");
            assertThat(late.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7101"))
                    .isEqualTo("0");
        }
    }

    @Test
    void whatEndsWithTheTransactionIsNotRefused() {
        try (WeirFixture weir = setup().set("pin", "never").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run(
                    "BEGIN; CREATE TEMP TABLE pin (a int) ON COMMIT DROP; SELECT pg_advisory_xact_lock(7101); COMMIT");
            client.run("SET work_mem = '3MB'");
            client.run("SET search_path = public, pg_temp");

            assertThat(client.value("SHOW work_mem")).isEqualTo("3MB");
        }
    }

    @Test
    void neverMeansNever() {
        try (WeirFixture weir = setup().user("app", "pin=never").start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.OTHER)) {
            Message error = client.error("CREATE TEMP TABLE pin (a int)");
            assertThat(error.sqlState()).isEqualTo(NOT_SUPPORTED);
            assertThat(error.fields().toString()).contains("pin = never", "ON COMMIT DROP");
            assertThat(types(client.extended("SELECT pg_advisory_lock(7101)"))).isEqualTo("EZ");
            other.run("CREATE TEMP TABLE pin (a int)").run("SELECT * FROM pin");

            // what no text tells is cleared away
            client.run("DO $$ BEGIN PERFORM pg_advisory_lock(7101); END $$");
            await().until(() -> "t".equals(other.value("SELECT pg_try_advisory_xact_lock(7101)")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET work_mem = '3MB'", "SET application_name = 'x'", "SELECT pg_advisory_lock(7101)"})
    void alwaysKeepsTheServerFromTheFirstChangeOn(String sql) {
        try (WeirFixture weir =
                        setup().databaseMore(Accounts.DATABASE, "pin=always").start();
                RawClient console = weir.console();
                RawClient other = weir.connect(Accounts.APP)) {
            RawClient client = weir.connect(Accounts.APP);
            client.run("SELECT 1");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
            client.run(sql).run("SELECT 1");
            String server = client.value("SELECT pg_backend_pid()");
            other.run("SELECT 1");

            client.run("SELECT pg_advisory_unlock_all()");

            assertThat(client.value("SELECT pg_backend_pid()")).isEqualTo(server);
            assertThat(Shown.rows(console, "SHOW PINS"))
                    .extracting(row -> row.get("reason"))
                    .containsExactly("pin = always");
            client.close();
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
            assertThat(other.value("SHOW work_mem")).isEqualTo("4MB");
        }
    }

    @Test
    void statesAreIgnoredIfWanted() {
        try (WeirFixture weir = setup().set("default_pool_size", "1")
                        .set("session_state", "ignore")
                        .start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("SET work_mem = '3MB'").run("CREATE TEMP TABLE pin (a int)");
            assertThat(second.value("SHOW work_mem")).isEqualTo("3MB");
            second.run("DROP TABLE pin").run("DISCARD ALL");

            // prepared statements of the protocol are everybody's own all the same
            first.send(Frontend.parse("s", "SELECT 1"), Frontend.sync());
            second.send(Frontend.parse("s", "SELECT 2"), Frontend.sync());
            first.readUntilReady();
            second.readUntilReady();
            for (RawClient client : List.of(first, second)) {
                client.send(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync());
                assertThat(types(client.readUntilReady())).isEqualTo("2DCZ");
            }
        }
    }

    @Test
    void settingsFollowThoughStatementsAreLeftToTheClients() {
        try (WeirFixture weir = setup().set("default_pool_size", "1")
                        .set("max_prepared_statements", "0")
                        .start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            first.run("SET work_mem = '3MB'");
            assertThat(second.value("SHOW work_mem")).isEqualTo("4MB");
            second.extended("SET work_mem = '5MB'");
            assertThat(first.value("SHOW work_mem")).isEqualTo("3MB");
            second.send(
                    Frontend.parse("s", "SET work_mem = '6MB'"),
                    Frontend.bind("", "s"),
                    Frontend.execute("", 0),
                    Frontend.sync());
            second.readUntilReady();
            assertThat(first.value("SHOW work_mem")).isEqualTo("3MB");
            assertThat(second.value("SHOW work_mem")).isEqualTo("6MB");
            first.send(Frontend.parse("s", "SELECT 1"), Frontend.sync());
            assertThat(errorIn(first.readUntilReady()).sqlState()).isEqualTo("42P05"); // it is second's
            first.run("DEALLOCATE ALL");
            first.run("CREATE TEMP TABLE pin (a int)")
                    .run("INSERT INTO pin VALUES (1)")
                    .run("DROP TABLE pin");
            assertThat(second.value("SHOW work_mem")).isEqualTo("6MB");
        }
    }

    @Test
    void aLockTakenByAFunctionCallMessagePins() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            int function = Integer.parseInt(client.value("SELECT 'pg_advisory_lock(bigint)'::regprocedure::oid"));
            client.send(Frontend.functionCall(function, "7101"));
            client.readUntilReady();

            client.run("SELECT 1");
            assertThat(other.value("SELECT pg_try_advisory_xact_lock(7101)")).isEqualTo("f");
            assertThat(client.value("SELECT pg_advisory_unlock(7101)")).isEqualTo("t");
        }
    }

    @Test
    void aTemporaryFunctionStays() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            client.run("CREATE FUNCTION pg_temp.two() RETURNS int RETURN 2");
            other.run("SELECT 1");

            assertThat(client.value("SELECT pg_temp.two()")).isEqualTo("2");
            client.run("DROP FUNCTION pg_temp.two()");
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
        }
    }
}
