package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The console's commands on a running pooler, to the tag and the error text.
@ExtendWith(LeakGuard.class)
final class ConsoleCommandsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration A_WHILE = Duration.ofMillis(300);
    private static final Login WATCHER = new Login("watcher", "watcher-secret", "pgbouncer");

    private WeirFixture weir;
    private RawClient console;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("stats_users", WATCHER.user())
                .secret(WATCHER.user(), WATCHER.password())
                .set("compatibility", "pgbouncer")
                .start();
        console = weir.console();
    }

    @AfterEach
    void stop() {
        console.close();
        weir.close();
    }

    private static String tag(RawClient client, String command) {
        return client.query(command).stream()
                .filter(message -> message.type() == 'C')
                .map(Message::tag)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void pauseAnswersWhenTheLastServerIsFreeAndResumeWakesWhoWaits() {
        try (RawClient busy = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.OTHER)) {
            busy.run("BEGIN");
            console.send(Frontend.query("PAUSE"));
            assertThat(console.hasNews(A_WHILE)).isFalse();
            waiter.send(Frontend.query("SELECT 'after the pause'"));
            assertThat(waiter.hasNews(A_WHILE)).isFalse();
            busy.run("COMMIT");
            assertThat(console.readUntilReady().getFirst().tag()).isEqualTo("PAUSE");
            assertThat(TestPostgres.shared().backends(Accounts.DATABASE)).isEmpty();
            assertThat(console.error("PAUSE").text()).isEqualTo("already suspended/paused");
            assertThat(console.error("PAUSE app").text()).isEqualTo("already suspended/paused");
            assertThat(console.error("SUSPEND").text()).isEqualTo("already suspended/paused");
            assertThat(tag(console, "resume;")).isEqualTo("RESUME");
            assertThat(waiter.readUntilReady().toString()).contains("after the pause");
            assertThat(console.error("RESUME").text()).isEqualTo("pooler is not paused/suspended");
        }
    }

    @Test
    void aPauseOfOneDatabaseIsForItAlone() {
        try (RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP.to(Accounts.OTHER_DATABASE))) {
            assertThat(tag(console, "PAUSE app")).isEqualTo("PAUSE");
            assertThat(console.error("SUSPEND").text()).isEqualTo("cannot suspend with paused databases");
            client.send(Frontend.query("SELECT 'late'"));
            assertThat(other.value("SELECT 'served'")).isEqualTo("served");
            assertThat(client.hasNews(A_WHILE)).isFalse();
            assertThat(Shown.rows(console, "SHOW DATABASES"))
                    .filteredOn(row -> row.get("paused").equals("1"))
                    .extracting(row -> row.get("name"))
                    .containsExactly("app");
            assertThat(console.error("RESUME other").text()).isEqualTo("database other is not paused");
            assertThat(tag(console, "RESUME app")).isEqualTo("RESUME");
            assertThat(client.readUntilReady().toString()).contains("late");
        }
    }

    @Test
    void cancellingAPauseThatWaitsTakesItBack() {
        try (RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");
            console.send(Frontend.query("PAUSE"));
            assertThat(console.hasNews(A_WHILE)).isFalse();
            console.cancel();
            assertThat(console.readUntilReady().getFirst().type()).isEqualTo('E');
            assertNothingIsPaused();
            busy.run("COMMIT");
        }
    }

    @Test
    void aConsoleThatVanishesTakesItsPauseBack() {
        try (RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");
            try (RawClient operator = weir.console()) {
                operator.send(Frontend.query("PAUSE"));
                await().atMost(PATIENCE)
                        .until(
                                () -> Shown.rows(console, "SHOW STATE").toString(),
                                text -> text.contains("paused, value=yes"));
                operator.vanish();
            }
            await().atMost(PATIENCE)
                    .until(
                            () -> Shown.rows(console, "SHOW STATE").toString(),
                            text -> text.contains("paused, value=no"));
            busy.run("COMMIT");
        }
    }

    private void assertNothingIsPaused() {
        try (RawClient client = weir.connect(Accounts.OTHER)) {
            assertThat(client.value("SELECT 'served'")).isEqualTo("served");
        }
    }

    @Test
    void killClosesEverybodyAndLeavesTheDatabasePaused() {
        try (RawClient idle = weir.connect(Accounts.APP);
                RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");
            assertThat(tag(console, "KILL app")).isEqualTo("KILL");
            for (RawClient client : List.of(idle, busy)) {
                Message last = client.expectFatal();
                assertThat(last.text()).isEqualTo("database removed");
                assertThat(last.sqlState()).isEqualTo("08P01");
            }
            await().atMost(PATIENCE)
                    .until(() ->
                            TestPostgres.shared().backends(Accounts.DATABASE).isEmpty());
        }
        try (RawClient next = weir.connect(Accounts.APP)) {
            next.send(Frontend.query("SELECT 'resumed'"));
            assertThat(next.hasNews(A_WHILE)).isFalse();
            assertThat(tag(console, "RESUME app")).isEqualTo("RESUME");
            assertThat(next.readUntilReady().toString()).contains("resumed");
        }
    }

    @Test
    void killOfEverythingPausesEverything() {
        assertThat(tag(console, "KILL")).isEqualTo("KILL");
        assertThat(console.error("KILL").text()).isEqualTo("already suspended/paused");
        assertThat(tag(console, "RESUME")).isEqualTo("RESUME");
        assertNothingIsPaused();
    }

    @Test
    void killClientTakesTheIdOfShowClients() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            String id = Shown.rows(console, "SHOW CLIENTS").stream()
                    .filter(row -> row.get("database").equals("app"))
                    .map(row -> row.get("id"))
                    .findFirst()
                    .orElseThrow();
            assertThat(tag(console, "KILL_CLIENT " + id)).isEqualTo("KILL_CLIENT");
            assertThat(client.expectFatal().text()).isEqualTo("admin forced disconnect");
            assertThat(console.error("KILL_CLIENT " + id).text()).isEqualTo("client not found");
            assertThat(console.error("KILL_CLIENT nobody").text()).isEqualTo("invalid client pointer supplied");
        }
    }

    @Test
    void aConsoleThatIsKilledIsTold() {
        try (RawClient other = weir.console()) {
            String id = Shown.rows(console, "SHOW CLIENTS").getLast().get("id");
            assertThat(tag(console, "KILL_CLIENT " + id)).isEqualTo("KILL_CLIENT");
            assertThat(other.expectFatal().text()).isEqualTo("admin forced disconnect");
        }
    }

    @Test
    void theLogTellsWhatIsOrdered() {
        try (LogLines orders = LogLines.of("dev.weir.console.CommandExecution");
                LogLines errors = LogLines.of("dev.weir.proxy.client.ClientServices")) {
            console.run("PAUSE app").run("RESUME app").run("RELOAD").run("SHOW POOLS");
            console.error("DISABLE nowhere");
            assertThat(orders.lines())
                    .containsExactly(
                            "INFO PAUSE 'app' command issued",
                            "INFO RESUME 'app' command issued",
                            "INFO RELOAD command issued",
                            "INFO DISABLE 'nowhere' command issued");
            assertThat(errors.lines())
                    .singleElement()
                    .asString()
                    .matches("WARN C-0x[0-9a-f]+: pgbouncer/weir_admin@127.0.0.1:[0-9]+ pooler error:"
                            + " no such database: nowhere");
        }
    }

    @Test
    void waitCloseAnswersWhenNoOldServerIsLeft() {
        assertThat(tag(console, "WAIT_CLOSE")).isEqualTo("WAIT_CLOSE");
        try (RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");
            assertThat(tag(console, "RECONNECT app")).isEqualTo("RECONNECT");
            console.send(Frontend.query("WAIT_CLOSE app"));
            assertThat(console.hasNews(A_WHILE)).isFalse();
            busy.run("COMMIT");
            assertThat(console.readUntilReady().getFirst().tag()).isEqualTo("WAIT_CLOSE");
        }
    }

    @Test
    void aDisabledDatabaseLetsNobodyNewIn() {
        try (RawClient before = weir.connect(Accounts.APP)) {
            assertThat(tag(console, "DISABLE app")).isEqualTo("DISABLE");
            assertThat(before.value("SELECT 'still served'")).isEqualTo("still served");
            try (RawClient late = RawClient.open(weir.tcp())) {
                assertThat(late.tryLogin(Accounts.APP).getLast().text()).isEqualTo("database \"app\" is disabled");
            }
            assertThat(tag(console, "ENABLE app")).isEqualTo("ENABLE");
            weir.connect(Accounts.APP).close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PAUSE nowhere         | no such database: nowhere",
                "RESUME nowhere        | no such database: nowhere",
                "PAUSE pgbouncer       | cannot pause admin db: pgbouncer",
                "DISABLE pgbouncer     | cannot disable admin db: pgbouncer",
                "RESUME pgbouncer      | database pgbouncer is not paused",
                "WAIT_CLOSE pgbouncer  | cannot wait in admin db: pgbouncer",
                "KILL_CLIENT           | invalid client pointer supplied",
                "abcdefghijklmnop      | bad arguments",
                "DISABLE               | a database is required",
                "ENABLE                | a database is required",
                "SET pool_mode = tx    | SET failed",
                "SET no_such_key = 1   | SET failed",
                "SET query_timeout = x | SET failed"
            })
    void errorsHaveTheTextsThatScriptsKnow(String command, String text) {
        Message error = console.error(command);
        assertThat(error.text()).isEqualTo(text);
        assertThat(error.severity()).isEqualTo("ERROR");
        assertThat(error.sqlState()).isEqualTo("08P01");
    }

    @Test
    void whatIsSetHoldsUntilReload() {
        assertThat(tag(console, "SET query_timeout = 7")).isEqualTo("SET query_timeout=7");
        assertThat(tag(console, "SET default_pool_size TO '3';")).isEqualTo("SET default_pool_size=3");
        assertThat(console.value("SHOW query_timeout")).isEqualTo("7");
        assertThat(tag(console, "SET listen_port = 1")).isEqualTo("SET listen_port=1"); // succeeds, changes nothing
        assertThat(console.value("SHOW listen_port")).isEqualTo("0");
        assertThat(tag(console, "RELOAD")).isEqualTo("RELOAD");
        assertThat(console.value("SHOW query_timeout")).isEqualTo("0");
        assertThat(console.value("SHOW default_pool_size")).isEqualTo("4");
    }

    @Test
    void everyReloadableSettingTakesItsOwnValue() {
        Shown.rows(console, "SHOW CONFIG").stream()
                .filter(row -> row.get("changeable").equals("yes") && row.containsKey("value"))
                .filter(row -> !row.get("value").isEmpty() && !row.get("value").contains("'"))
                .forEach(row -> {
                    String key = row.get("key");
                    assertThat(tag(console, "SET " + key + " = '" + row.get("value") + "'"))
                            .startsWith("SET " + key + "=");
                });
    }

    @Test
    void aReloadThatFailsSaysSoAndChangesNothing() throws Exception {
        Path file = weir.directory().resolve("weir.ini");
        String before = Files.readString(file);
        Files.writeString(file, before + "\n[nonsense]\n");
        Message error = console.error("RELOAD");
        assertThat(error.text()).isEqualTo("RELOAD failed, see logs for additional details");
        assertThat(error.sqlState()).isEqualTo("F0000");
        assertNothingIsPaused();
    }

    @Test
    void conffileSaysWhatTheNextReloadReads() throws Exception {
        Path other = weir.directory().resolve("other.ini");
        Files.writeString(
                other,
                Files.readString(weir.directory().resolve("weir.ini"))
                        .replace("[pgbouncer]", "[pgbouncer]\nstats_period = 7"));
        assertThat(tag(console, "SET conffile = '" + other + "'")).startsWith("SET conffile=");
        assertThat(tag(console, "RELOAD")).isEqualTo("RELOAD");
        assertThat(console.value("SHOW stats_period")).isEqualTo("7");
        assertThat(console.value("SHOW conffile")).isEqualTo(other.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PAUSE",
                "RESUME",
                "SUSPEND",
                "RECONNECT",
                "RELOAD",
                "DISABLE app",
                "ENABLE app",
                "KILL app",
                "KILL_CLIENT 1",
                "RESET QUERIES",
                "WAIT_CLOSE",
                "SHUTDOWN",
                "SET query_timeout = 1",
                "SHOW FDS"
            })
    void whoMayOnlyLookMayDoNothing(String command) {
        try (RawClient watcher = RawClient.connect(weir.tcp(), WATCHER)) {
            assertThat(watcher.error(command).text()).isEqualTo("admin access needed");
            assertThat(Shown.rows(watcher, "SHOW POOLS")).isNotEmpty();
        }
    }

    @Test
    void whoMayNotEvenLookIsNotAskedForAPassword() {
        try (RawClient stranger = RawClient.open(weir.tcp())) {
            List<Message> answer = stranger.tryLogin(Accounts.APP.to("pgbouncer"));
            assertThat(answer).hasSize(1);
            assertThat(answer.getFirst().text()).isEqualTo("not allowed");
        }
    }

    @Test
    void shutdownDropsTheConnection() {
        console.send(Frontend.query("SHUTDOWN"));
        assertThat(console.readToEnd()).noneMatch(message -> message.type() == 'E');
    }
}
