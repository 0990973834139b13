package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What operators are told of the statements that clients run.
@ExtendWith(LeakGuard.class)
final class QueryInsightIT {

    private final TestPostgres postgres = TestPostgres.shared(18);

    private WeirFixture.Setup setup(String mode) {
        return WeirFixture.over(postgres)
                .set("pool_mode", mode)
                .set("workers", "2")
                .set("slow_query_threshold", "0.2");
    }

    private static List<Map<String, String>> queries(RawClient console, String text) {
        return Shown.rows(console, "SHOW QUERIES").stream()
                .filter(row -> row.getOrDefault("query", "").equals(text))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void statementsAreCountedWhateverTheirConstants(String mode) {
        try (WeirFixture weir = setup(mode).start();
                RawClient console = weir.console();
                RawClient one = weir.connect(Accounts.APP);
                RawClient two = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 5; i++) {
                one.run("SELECT generate_series(1, " + (i + 1) + ") AS insight");
                two.run("select /* trace " + i + " */ generate_series('1'::int, 2) as insight;");
            }
            one.error("SELECT 1 / 0 AS insight");

            // the first text is told, and the cast makes the second another statement
            assertThat(queries(console, "SELECT generate_series($1, $2) AS insight"))
                    .singleElement()
                    .satisfies(row -> assertThat(row)
                            .containsEntry("database", Accounts.DATABASE)
                            .containsEntry("user", "app")
                            .containsEntry("calls", "5")
                            .containsEntry("rows", "15")
                            .containsEntry("errors", "0")
                            .containsKeys("last_call", "query_id"))
                    .satisfies(row -> {
                        assertThat(Long.parseLong(row.get("total_time"))).isPositive();
                        assertThat(Long.parseLong(row.get("max_time")))
                                .isGreaterThanOrEqualTo(Long.parseLong(row.get("mean_time")));
                        assertThat(Long.parseLong(row.get("received"))).isGreaterThan(5 * 40);
                        assertThat(Long.parseLong(row.get("sent"))).isGreaterThan(15 * 8);
                    });
            assertThat(queries(console, "select generate_series($1::int, $2) as insight"))
                    .singleElement()
                    .satisfies(
                            row -> assertThat(row).containsEntry("calls", "5").containsEntry("rows", "10"));
            assertThat(queries(console, "SELECT $1 / $2 AS insight"))
                    .singleElement()
                    .satisfies(
                            row -> assertThat(row).containsEntry("calls", "1").containsEntry("errors", "1"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void preparedStatementsAreCountedByExecution(String mode) {
        try (WeirFixture weir = setup(mode).start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("p", "SELECT $1::int + 40 AS prepared"), Frontend.sync())
                    .readUntilReady();
            for (int i = 0; i < 3; i++) {
                client.send(Frontend.bind("", "p", "1"), Frontend.execute("", 0), Frontend.sync())
                        .readUntilReady();
            }
            byte[] one = Frontend.concat(Frontend.bind("", "p", "1"), Frontend.execute("", 0));
            client.send(one, one, one, one, Frontend.sync()).readUntilReady();
            client.extended("SELECT $1::text AS unnamed", "x");
            client.extended("SELECT $1::text AS unnamed", "y");
            client.send(Frontend.unnamed("BEGIN"), Frontend.unnamed("SELECT 7 AS behind_begin"), Frontend.sync())
                    .readUntilReady();
            client.run("COMMIT");

            assertThat(queries(console, "SELECT $1::int + $2 AS prepared"))
                    .singleElement()
                    .satisfies(
                            row -> assertThat(row).containsEntry("calls", "7").containsEntry("rows", "7"));
            assertThat(queries(console, "SELECT $1::text AS unnamed"))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("calls", "2"));
            assertThat(queries(console, "SELECT $1 AS behind_begin"))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("calls", "1"));
            assertThat(Shown.rows(console, "SHOW QUERIES").toString()).doesNotContain(" 40 ");
        }
    }

    @Test
    void whatWeirAsksItselfIsNoPartOfAStatement() {
        try (WeirFixture weir = setup("transaction")
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient console = weir.console();
                RawClient one = weir.connect(Accounts.APP);
                RawClient two = weir.connect(Accounts.APP)) {
            one.run("SET TimeZone = 'Asia/Tokyo'");
            two.run("SET TimeZone = 'Europe/Rome'");
            for (int i = 0; i < 3; i++) {
                one.run("SELECT 1 AS travelled"); // each time the settings are made anew
                two.run("SELECT 1 AS travelled");
            }
            two.run("SELECT pg_advisory_lock(8102)");
            two.run("SELECT 1 AS looked_through"); // behind a look at what the session holds

            assertThat(queries(console, "SELECT $1 AS travelled"))
                    .singleElement()
                    .satisfies(
                            row -> assertThat(row).containsEntry("calls", "6").containsEntry("rows", "6"));
            assertThat(queries(console, "SELECT $1 AS looked_through"))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("rows", "1"));
        }
    }

    @Test
    void countingBeginsAnewOnDemand() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("kept", "SELECT 1 AS kept"), Frontend.sync())
                    .readUntilReady();
            byte[] execution = Frontend.concat(Frontend.bind("", "kept"), Frontend.execute("", 0), Frontend.sync());
            client.send(execution).readUntilReady();
            client.run("SELECT 1 AS gone");

            assertThat(console.query("RESET QUERIES").getFirst().type()).isEqualTo('C');
            assertThat(Shown.rows(console, "SHOW QUERIES")).isEmpty();
            client.send(execution).readUntilReady();
            client.run("SELECT 1 AS fresh");
            assertThat(Shown.rows(console, "SHOW QUERIES"))
                    .extracting(row -> row.get("query") + " " + row.get("calls"))
                    .containsExactlyInAnyOrder("SELECT $1 AS kept 1", "SELECT $1 AS fresh 1");
        }
    }

    @Test
    void waitingIsNotExecuting() {
        try (WeirFixture weir = setup("transaction")
                        .set("default_pool_size", "1")
                        .set("workers", "1")
                        .start();
                RawClient console = weir.console();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 1 AS waiter"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");
            holder.run("SELECT pg_sleep(0.3)").run("COMMIT");
            waiter.readUntilReady();

            Map<String, String> row = queries(console, "SELECT $1 AS waiter").getFirst();
            assertThat(Long.parseLong(row.get("wait_time"))).isGreaterThan(250_000);
            assertThat(Long.parseLong(row.get("total_time"))).isLessThan(Long.parseLong(row.get("wait_time")));
        }
    }

    @Test
    void slowQueriesAreLoggedAndListedWithoutTheirConstants() {
        try (WeirFixture weir = WebPages.in(setup("transaction").set("query_timeout", "1"))
                        .start();
                WebPages pages = WebPages.of(weir);
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP);
                LogLines log = LogLines.of("dev.weir.proxy.insight.SlowQueries")) {
            client.run("SET application_name = 'reports'");
            client.run("SELECT 1");
            client.run("SELECT pg_sleep(0.25), 'secret' AS slow");
            client.extended("SELECT pg_sleep($1::float), 'secret' AS bound", "0.2600001");

            List<Map<String, String>> slow = Shown.rows(console, "SHOW SLOW");
            assertThat(slow).hasSize(2);
            assertThat(slow.getLast())
                    .containsEntry("query", "SELECT pg_sleep($1), $2 AS slow")
                    .containsEntry("application_name", "reports")
                    .containsEntry("addr", "127.0.0.1")
                    .containsEntry("rows", "1")
                    .containsEntry("failed", "no");
            assertThat(Long.parseLong(slow.getLast().get("time"))).isGreaterThanOrEqualTo(250_000);
            assertThat(slow.getFirst()).containsEntry("query", "SELECT pg_sleep($1::float), $2 AS bound");
            assertThat(log.lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("INFO ")
                            .contains("slow query: 0.2", "app=reports", "rows=1", "pg_sleep($1")
                            .doesNotContain("secret", "0.2600001"));

            client.send(Frontend.query("SELECT pg_sleep(30)"));
            client.expectFatal();
            await().untilAsserted(
                            () -> assertThat(Shown.rows(console, "SHOW SLOW").getFirst())
                                    .containsEntry("failed", "yes")
                                    .containsEntry("query", "SELECT pg_sleep($1)"));
            assertThat(pages.get("/api/slow?limit=1"))
                    .startsWith("200 ")
                    .contains("\"total\":3", "\"failed\":true", "\"query\":\"SELECT pg_sleep($1)\"");
            assertThat(pages.get("/api/queries?database=app"))
                    .startsWith("200 ")
                    .contains("\"query\":\"SELECT pg_sleep($1), $2 AS slow\",\"calls\":1");
            assertThat(pages.get("/metrics")).contains("weir_slow_queries_total{database=\"app\",user=\"app\"} 3.0");
        }
    }

    @Test
    void thresholdsAreOfTheDatabaseAndLiteralsOnDemand() {
        try (WeirFixture weir = setup("transaction")
                        .set("slow_query_threshold", "0")
                        .set("query_stats", "0")
                        .set("query_text_literals", "1")
                        .databaseMore(Accounts.DATABASE, "slow_query_threshold=0.1")
                        .start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT pg_sleep(0.12),\n 'as sent'");
            assertThat(Shown.rows(console, "SHOW SLOW"))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("query", "SELECT pg_sleep(0.12), 'as sent'"));
            assertThat(Shown.rows(console, "SHOW QUERIES")).isEmpty();
            weir.reload(setup -> setup.databaseMore(Accounts.DATABASE, "slow_query_threshold=10"));
            client.run("SELECT pg_sleep(0.12)");
            assertThat(Shown.rows(console, "SHOW SLOW")).hasSize(1);
        }
    }

    @Test
    void whoHoldsTheServersIsTold() {
        try (WeirFixture weir = WebPages.in(setup("transaction")
                                .set("default_pool_size", "2")
                                .set("leak_detection_threshold", "0.6")
                                .set("alert_raise_after", "0")
                                .set("query_wait_timeout", "2"))
                        .start();
                WebPages pages = WebPages.of(weir);
                RawClient console = weir.console();
                RawClient leaking = weir.connect(Accounts.APP);
                RawClient working = weir.connect(Accounts.APP);
                RawClient waiting = weir.connect(Accounts.APP);
                LogLines log = LogLines.of("dev.weir.proxy.client.HolderWatch")) {
            leaking.run("SET application_name = 'billing-api'");
            leaking.run("BEGIN").run("SELECT 'secret' AS last");
            String server = leaking.value("SELECT pg_backend_pid() AS last");
            working.send(Frontend.query("SELECT pg_sleep(4) AS work"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_active", "3");
            waiting.send(Frontend.query("SELECT 1"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(Shown.rows(console, "SHOW BLOCKERS"))
                            .hasSize(2)
                            .first()
                            .satisfies(row -> assertThat(row)
                                    .containsEntry("leaking", "yes")
                                    .containsEntry("state", "idle in transaction")
                                    .containsEntry("application_name", "billing-api")
                                    .containsEntry("addr", "127.0.0.1")
                                    .containsEntry("port", String.valueOf(leaking.localPort()))
                                    .containsEntry("server_pid", server)
                                    .containsEntry("waiting", "1")
                                    .containsEntry("last_query", "SELECT pg_backend_pid() AS last")));
            assertThat(Shown.rows(console, "SHOW BLOCKERS").getLast())
                    .containsEntry("leaking", "no")
                    .containsEntry("state", "active")
                    .containsEntry("last_query", "SELECT pg_sleep($1) AS work");
            assertThat(pages.get("/api/blockers"))
                    .contains("\"leaking\":true", "\"state\":\"idle in transaction\"", "\"waiting_clients\":1");

            assertThat(waiting.expectFatal().detail())
                    .matches("no server free for 2 s: pool app/app 2/2 busy, 1 idle in transaction, oldest \\d+ s by"
                            + " billing-api");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(Shown.rows(console, "SHOW ALERTS"))
                            .anySatisfy(row -> assertThat(row)
                                    .containsEntry("rule", "leak")
                                    .containsEntry("state", "active")
                                    .containsEntry("database", Accounts.DATABASE)));
            assertThat(pages.get("/metrics"))
                    .contains(
                            "weir_idle_in_transaction_clients{database=\"app\",user=\"app\"} 1.0",
                            "weir_leaking_clients{database=\"app\",user=\"app\"} 1.0");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN ")
                    .contains("app/app@", "silent in a transaction", "app=billing-api", "server_pid=" + server)
                    .endsWith("last statement: SELECT pg_backend_pid() AS last");

            leaking.run("SELECT 1").run("COMMIT");
            await().untilAsserted(() -> assertThat(pages.get("/metrics"))
                    .contains("weir_leaking_clients{database=\"app\",user=\"app\"} 0.0"));
        }
    }

    @Test
    void pinnedAndIdleHoldersAreToldApart() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient console = weir.console();
                RawClient pinned = weir.connect(Accounts.APP);
                RawClient failed = weir.connect(Accounts.APP)) {
            pinned.run("SELECT pg_advisory_lock(8101)").run("SELECT 1");
            failed.run("BEGIN");
            failed.error("SELECT 1 / 0");
            assertThat(Shown.rows(console, "SHOW BLOCKERS"))
                    .extracting(row -> row.get("state") + row.getOrDefault("pinned_by", ""))
                    .containsExactlyInAnyOrder("pinnedadvisory lock (1)", "idle in failed transaction");
        }
        try (WeirFixture weir = setup("session").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            assertThat(Shown.rows(console, "SHOW BLOCKERS"))
                    .singleElement()
                    .satisfies(row ->
                            assertThat(row).containsEntry("state", "idle").containsEntry("leaking", "no"));
        }
    }
}
