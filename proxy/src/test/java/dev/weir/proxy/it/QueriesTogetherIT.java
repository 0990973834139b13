package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is counted of statements that clients send without awaiting the answers to those before them.
@ExtendWith(LeakGuard.class)
final class QueriesTogetherIT {

    private final TestPostgres postgres = TestPostgres.shared(18);

    private WeirFixture.Setup setup(String mode) {
        return WeirFixture.over(postgres).set("pool_mode", mode).set("workers", "1");
    }

    /// The statement's row of `SHOW QUERIES`.
    private static Map<String, String> row(RawClient console, String text) {
        List<Map<String, String>> found = Shown.rows(console, "SHOW QUERIES").stream()
                .filter(row -> row.getOrDefault("query", "").equals(text))
                .toList();
        assertThat(found).as(text).hasSize(1);
        return found.getFirst();
    }

    private static long number(Map<String, String> row, String column) {
        return Long.parseLong(row.get(column));
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void eachStatementOfAPipelineIsCounted(String mode) {
        try (WeirFixture weir = setup(mode).start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("s1", "SELECT generate_series(1, $1::int) AS named"), Frontend.sync());
            client.readUntilReady();
            client.send(
                    Frontend.unnamed("BEGIN"),
                    Frontend.bind("", "s1", "3"),
                    Frontend.execute("", 0),
                    Frontend.bind("", "s1", "4"),
                    Frontend.execute("", 0),
                    Frontend.unnamed("SELECT 'x' AS unnamed FROM generate_series(1, 2)"),
                    Frontend.unnamed(""),
                    Frontend.unnamed("SELECT pg_sleep(0.2) AS sleeper"),
                    Frontend.unnamed("COMMIT"),
                    Frontend.sync());
            client.readUntilReady();

            assertThat(row(console, "BEGIN")).containsEntry("calls", "1").containsEntry("errors", "0");
            Map<String, String> named = row(console, "SELECT generate_series($1, $2::int) AS named");
            assertThat(named)
                    .containsEntry("calls", "2")
                    .containsEntry("rows", "7")
                    .containsEntry("errors", "0");
            assertThat(number(named, "sent")).isBetween(7 * 12L, 7 * 12 + 60L);
            assertThat(row(console, "SELECT $1 AS unnamed FROM generate_series($2, $3)"))
                    .containsEntry("calls", "1")
                    .containsEntry("rows", "2");
            assertThat(row(console, "COMMIT")).containsEntry("calls", "1");
            Map<String, String> sleeper = row(console, "SELECT pg_sleep($1) AS sleeper");
            assertThat(sleeper).containsEntry("calls", "1").containsEntry("rows", "1");
            assertThat(number(row(console, "BEGIN"), "total_time")).isLessThan(number(sleeper, "total_time"));
        }
    }

    @Test
    void whatTookLongTookLong() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(
                    Frontend.query("SELECT pg_sleep(0.3) AS first"),
                    Frontend.query("SELECT 1 AS second; SELECT pg_sleep(0.1) AS second"),
                    Frontend.query("SELECT 3 AS third"));
            client.readUntilReady(3);

            Map<String, String> first = row(console, "SELECT pg_sleep($1) AS first");
            Map<String, String> second = row(console, "SELECT $1 AS second; SELECT pg_sleep($2) AS second");
            assertThat(first).containsEntry("calls", "1").containsEntry("rows", "1");
            assertThat(number(first, "total_time")).isGreaterThan(290_000);
            assertThat(second).containsEntry("calls", "1").containsEntry("rows", "2");
            assertThat(number(second, "total_time")).isBetween(40_000L, number(first, "total_time"));
            assertThat(row(console, "SELECT $1 AS third")).containsEntry("calls", "1");
            assertThat(number(first, "received")).isPositive();
        }
    }

    @Test
    void anErrorIsThatOfTheStatementThatFailed() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(
                    Frontend.unnamed("SELECT 1 AS good"),
                    Frontend.unnamed("SELECT 1 / 0 AS bad"),
                    Frontend.unnamed("SELECT 1 AS skipped"),
                    Frontend.sync(),
                    Frontend.unnamed("SELECT 1 AS behind"),
                    Frontend.unnamed("SELECT 1 AS misread FROM nowhere"),
                    Frontend.unnamed("SELECT 1 AS skipped"),
                    Frontend.sync(),
                    Frontend.query("SELECT 2 / 0 AS simple"),
                    Frontend.query("SELECT 1 AS last"));
            client.readUntilReady(4);

            assertThat(row(console, "SELECT $1 AS good"))
                    .containsEntry("calls", "1")
                    .containsEntry("errors", "0");
            for (String failed :
                    List.of("SELECT $1 / $2 AS bad", "SELECT $1 AS misread FROM nowhere", "SELECT $1 / $2 AS simple")) {
                assertThat(row(console, failed)).containsEntry("calls", "1").containsEntry("errors", "1");
            }
            assertThat(row(console, "SELECT $1 AS behind"))
                    .containsEntry("calls", "1")
                    .containsEntry("errors", "0");
            assertThat(row(console, "SELECT $1 AS last")).containsEntry("calls", "1");
            assertThat(Shown.rows(console, "SHOW QUERIES"))
                    .noneSatisfy(row -> assertThat(row.get("query")).contains("skipped"));
            client.run("SELECT 1 AS afterwards");
            assertThat(row(console, "SELECT $1 AS afterwards")).containsEntry("calls", "1");
        }
    }

    @Test
    void whatWeirAsksItselfCostsNoStatementAnything() {
        try (WeirFixture weir =
                        setup("transaction").set("default_pool_size", "1").start();
                RawClient console = weir.console();
                RawClient one = weir.connect(Accounts.APP);
                RawClient two = weir.connect(Accounts.APP)) {
            one.run("SELECT 1 AS alone");
            Map<String, String> alone = row(console, "SELECT $1 AS alone");
            one.run("SET TimeZone = 'Asia/Tokyo'");
            two.run("SET TimeZone = 'Europe/Rome'");
            one.run("SELECT 1 AS other");
            two.run("SELECT 1 AS other");
            Map<String, String> other = row(console, "SELECT $1 AS other");

            assertThat(other).containsEntry("calls", "2");
            assertThat(number(other, "received")).isEqualTo(2 * number(alone, "received"));
            assertThat(number(other, "sent")).isEqualTo(2 * number(alone, "sent"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void longTextsThatDifferLateAreTwo(String mode) {
        String start = "SELECT 1 AS a" + ", 1 AS column_of_a_wide_table".repeat(100);
        try (WeirFixture weir = setup(mode).start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.extended(start + ", 2 AS b");
            client.extended(start + ", 2 AS b");
            client.extended(start + ", 2 AS c");
            client.query(start + ", 2 AS c");
            client.extended(start + ", 2 AS c");
            assertThat(Shown.rows(console, "SHOW QUERIES"))
                    .extracting(row -> row.get("calls"))
                    .containsExactlyInAnyOrder("2", "3");
        }
    }

    @Test
    void portionsAndCopiesAreCounted() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(
                    Frontend.parse("", "SELECT generate_series(1, 5) AS portions"),
                    Frontend.bind("", ""),
                    Frontend.execute("", 2),
                    Frontend.execute("", 2),
                    Frontend.execute("", 2),
                    Frontend.sync(),
                    Frontend.query("COPY (SELECT generate_series(1, 4)) TO STDOUT"),
                    Frontend.query("SELECT 1 AS behind_copy"));
            client.readUntilReady(3);
            assertThat(row(console, "SELECT generate_series($1, $2) AS portions"))
                    .containsEntry("calls", "3");
            assertThat(row(console, "COPY (SELECT generate_series($1, $2)) TO STDOUT"))
                    .containsEntry("calls", "1")
                    .containsEntry("rows", "4");
            assertThat(row(console, "SELECT $1 AS behind_copy")).containsEntry("calls", "1");
        }
    }

    @Test
    void functionCallsAreCounted() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            int function = Integer.parseInt(client.value("SELECT 'pg_backend_pid'::regproc::oid::int"));
            client.send(Frontend.functionCall(function));
            client.readUntilReady();
            client.send(Frontend.functionCall(function), Frontend.functionCall(function));
            client.readUntilReady(2);
            assertThat(row(console, "FUNCTION CALL \"" + function + '"'))
                    .containsEntry("calls", "3")
                    .containsEntry("errors", "0");
        }
    }

    /// What the pooler says to the server in front of a client's first statement is answered first.
    @Test
    void theEndOfSettingsInFrontIsNotThatOfAStatement() {
        try (WeirFixture weir =
                        setup("transaction").set("default_pool_size", "1").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            for (RawClient each : List.of(client, other)) {
                each.run("SET TimeZone = 'Asia/Tokyo'");
                each.run("SET TimeZone = 'Europe/Rome'");
            }
            client.run("SET TimeZone = 'Asia/Tokyo'");
            other.run("SELECT 1 AS between");
            client.send(
                    Frontend.query("SELECT 1 / n AS quotient FROM generate_series(0, 1) n"),
                    Frontend.query("SELECT 2 AS second"));
            client.readUntilReady(2);

            assertThat(row(console, "SELECT $1 / n AS quotient FROM generate_series($2, $3) n"))
                    .containsEntry("calls", "1")
                    .containsEntry("errors", "1");
            assertThat(row(console, "SELECT $1 AS second"))
                    .containsEntry("calls", "1")
                    .containsEntry("errors", "0")
                    .containsEntry("rows", "1");
        }
    }
}
