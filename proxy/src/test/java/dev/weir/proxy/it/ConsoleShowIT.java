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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the console shows of a pooler whose clients work, wait and idle: the numbers of all event loops together.
@ExtendWith(LeakGuard.class)
final class ConsoleShowIT {

    private static final List<String> TOPICS = List.of(
            "VERSION",
            "DATABASES",
            "POOLS",
            "PEER_POOLS",
            "PEERS",
            "CLIENTS",
            "SERVERS",
            "PINS",
            "SOCKETS",
            "ACTIVE_SOCKETS",
            "USERS",
            "LISTS",
            "STATS",
            "STATS_TOTALS",
            "STATS_AVERAGES",
            "TOTALS",
            "CONFIG",
            "MEM",
            "STATE",
            "DNS_HOSTS",
            "DNS_ZONES",
            "FDS");

    private static final byte[] WAITING_QUERY = Frontend.query("SELECT 'served'");

    private final TestPostgres postgres = TestPostgres.shared();

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient console;

    /// Has the only server.
    @SuppressWarnings("NullAway.Init")
    private RawClient active;

    /// Has asked nothing.
    @SuppressWarnings("NullAway.Init")
    private RawClient idle;

    /// Waits for the server.
    @SuppressWarnings("NullAway.Init")
    private RawClient waiting;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .databaseMore("other", "user=app pool_mode=session")
                .user("app", "max_user_connections=5")
                .set("default_pool_size", "1")
                .set("workers", "2")
                .start();
        console = weir.console();
        active = weir.connect(Accounts.APP.with("application_name", "till"));
        idle = weir.connect(Accounts.APP);
        waiting = weir.connect(Accounts.APP);
        active.run("BEGIN");
        waiting.send(WAITING_QUERY);
        weir.awaitPool("app", "app", "cl_waiting", "1");
    }

    @AfterEach
    void stop() {
        List.of(active, idle, waiting).forEach(RawClient::hangUp);
        await().untilAsserted(() -> assertThat(show("CLIENTS")).hasSize(1));
        console.close();
        weir.close();
    }

    @Test
    void poolsAddUpWhatLivesOnAllLoops() {
        Map<String, String> row = only(show("POOLS"), "database", "app");

        assertThat(row)
                .containsEntry("user", "app")
                .containsEntry("cl_active", "2")
                .containsEntry("cl_waiting", "1")
                .containsEntry("sv_active", "1")
                .containsEntry("sv_idle", "0")
                .containsEntry("sv_login", "0")
                .containsEntry("pool_mode", "transaction");
        assertThat(number(row, "maxwait") * 1_000_000 + number(row, "maxwait_us"))
                .isPositive();
    }

    @Test
    void clientsAreActiveIdleOrWaiting() {
        List<Map<String, String>> clients = show("CLIENTS");
        String server = text(only(show("SERVERS"), "database", "app"), "ptr");

        Map<String, String> first = only(clients, "port", String.valueOf(active.localPort()));
        assertThat(first)
                .containsEntry("type", "C")
                .containsEntry("user", "app")
                .containsEntry("database", "app")
                .containsEntry("replication", "none")
                .containsEntry("state", "active")
                .containsEntry("addr", "127.0.0.1")
                .containsEntry("local_addr", "127.0.0.1")
                .containsEntry("local_port", String.valueOf(weir.port()))
                .containsEntry("link", server)
                .containsEntry("wait", "0")
                .containsEntry("wait_us", "0")
                .containsEntry("application_name", "till");
        assertThat(only(clients, "port", String.valueOf(idle.localPort())))
                .containsEntry("state", "idle")
                .containsEntry("link", "")
                .satisfies(row -> assertThat(row.get("request_time")).isEqualTo(row.get("connect_time")));
        Map<String, String> last = only(clients, "port", String.valueOf(waiting.localPort()));
        assertThat(last).containsEntry("state", "waiting").containsEntry("link", "");
        assertThat(number(last, "wait") * 1_000_000 + number(last, "wait_us")).isPositive();
        assertThat(only(clients, "database", "pgbouncer"))
                .containsEntry("user", WeirFixture.ADMIN.user())
                .containsEntry("port", String.valueOf(console.localPort()));
        assertThat(clients).hasSize(4);
    }

    @Test
    void serversTellWhomTheyServe() {
        String pid = active.value("SELECT pg_backend_pid()");

        List<Map<String, String>> servers = show("SERVERS");

        String client = text(only(show("CLIENTS"), "port", String.valueOf(active.localPort())), "ptr");
        assertThat(servers).hasSize(1);
        assertThat(servers.getFirst())
                .containsEntry("type", "S")
                .containsEntry("user", "app")
                .containsEntry("database", "app")
                .containsEntry("state", "active")
                .containsEntry("addr", "127.0.0.1")
                .containsEntry("port", String.valueOf(postgres.port()))
                .containsEntry("link", client)
                .containsEntry("remote_pid", pid)
                .containsEntry("close_needed", "0")
                .containsEntry("application_name", "till");
    }

    @Test
    void socketsIncludeThoseThatLogIn() {
        try (RawClient silent = RawClient.open(weir.tcp())) {
            await().until(() -> states(show("SOCKETS")), states -> states.contains("cl_login"));

            assertThat(states(show("SOCKETS")))
                    .containsExactlyInAnyOrder(
                            "cl_active", "cl_active", "cl_active", "cl_waiting", "cl_login", "sv_active");
            assertThat(states(show("ACTIVE_SOCKETS")))
                    .containsExactlyInAnyOrder("cl_active", "cl_waiting", "sv_active");
            assertThat(silent.localPort()).isNotNull();
        }
    }

    @Test
    void socketsTellWhatIsHeldAndWhatIsStillToCome() {
        byte[] query = Frontend.query("SELECT '" + "long".repeat(50_000) + "'");
        active.send(Arrays.copyOf(query, query.length - 4));

        await().untilAsserted(() -> {
            List<Map<String, String>> sockets = show("SOCKETS");
            assertThat(only(sockets, "port", String.valueOf(active.localPort())))
                    .containsEntry("pkt_remain", "4");
            assertThat(only(sockets, "port", String.valueOf(waiting.localPort())))
                    .containsEntry("pkt_avail", String.valueOf(WAITING_QUERY.length));
        });
    }

    @Test
    void databasesShowTheirConnections() {
        List<Map<String, String>> databases = show("DATABASES");

        assertThat(only(databases, "name", "app"))
                .containsEntry("host", "127.0.0.1")
                .containsEntry("port", String.valueOf(postgres.port()))
                .containsEntry("database", "app")
                .doesNotContainKey("force_user")
                .containsEntry("pool_size", "1")
                .doesNotContainKey("pool_mode")
                .containsEntry("current_connections", "1")
                .containsEntry("current_client_connections", "3")
                .containsEntry("paused", "0")
                .containsEntry("disabled", "0");
        assertThat(only(databases, "name", "other"))
                .containsEntry("force_user", "app")
                .containsEntry("pool_mode", "session")
                .containsEntry("current_connections", "0");
        assertThat(only(databases, "name", "pgbouncer")).containsEntry("current_client_connections", "1");
    }

    @Test
    void usersShowTheirConnections() {
        assertThat(only(show("USERS"), "name", "app"))
                .containsEntry("max_user_connections", "5")
                .containsEntry("current_connections", "1")
                .containsEntry("current_client_connections", "3");
    }

    @Test
    void listsCountEverything() {
        Map<String, String> items = new LinkedHashMap<>();
        for (Map<String, String> row : show("LISTS")) {
            items.put(text(row, "list"), row.get("items"));
        }

        assertThat(items)
                .containsEntry("databases", "3")
                // the accounts, the one that is rejected, the admin, and the console's own
                .containsEntry("users", String.valueOf(Accounts.ALL.size() + 3))
                .containsEntry("peers", "0")
                .containsEntry("pools", "2")
                .containsEntry("used_clients", "4")
                .containsEntry("login_clients", "0")
                .containsEntry("used_servers", "1");
    }

    @Test
    void statisticsCountQueriesAndWaiting() {
        active.run("COMMIT");
        assertThat(waiting.readUntilReady()).anyMatch(message -> message.type() == 'D');

        await().untilAsserted(() -> assertThat(only(show("STATS"), "database", "app"))
                .containsEntry("total_query_count", "3")
                .containsEntry("total_xact_count", "2")
                .containsEntry("total_server_assignment_count", "2"));
        Map<String, String> row = only(show("STATS"), "database", "app");
        assertThat(number(row, "total_wait_time")).isPositive();
        assertThat(number(row, "total_query_time")).isPositive();
        assertThat(number(row, "total_xact_time")).isPositive();
        assertThat(number(row, "total_received")).isPositive();
        assertThat(number(row, "total_sent")).isPositive();
    }

    @Test
    void settingsAreAllThere() {
        List<Map<String, String>> settings = show("CONFIG");

        assertThat(only(settings, "key", "default_pool_size"))
                .containsEntry("value", "1")
                .containsEntry("default", "20")
                .containsEntry("changeable", "yes");
        assertThat(only(settings, "key", "listen_addr")).containsEntry("changeable", "no");
        assertThat(texts(settings, "key")).hasSizeGreaterThan(80).isSorted();
    }

    @Test
    void memoryIsCounted() {
        List<Map<String, String>> memory = show("MEM");

        assertThat(only(memory, "name", "client_cache")).containsEntry("used", "4");
        assertThat(only(memory, "name", "server_cache")).containsEntry("used", "1");
        assertThat(number(only(memory, "name", "netty_direct"), "memtotal")).isPositive();
        assertThat(number(only(memory, "name", "jvm_heap"), "used")).isPositive();
    }

    @Test
    void theStateFollowsPauses() {
        assertThat(only(show("STATE"), "key", "active")).containsEntry("value", "yes");
        try (RawClient operator = weir.console()) {
            operator.send(Frontend.query("PAUSE"));
            await().until(() -> only(show("STATE"), "key", "paused").get("value"), "yes"::equals);

            active.run("COMMIT");
            assertThat(operator.readUntilReady()).anyMatch(message -> message.type() == 'C');
            assertThat(show("SERVERS")).isEmpty();
            operator.run("RESUME");
            assertThat(only(show("STATE"), "key", "paused")).containsEntry("value", "no");
            waiting.readUntilReady();
        }
    }

    @Test
    void consoleSessionsComeAndGo() {
        try (RawClient another = weir.console()) {
            String port = String.valueOf(another.localPort());
            assertThat(only(show("CLIENTS"), "port", port)).containsEntry("database", "pgbouncer");
        }

        await().untilAsserted(() -> assertThat(show("CLIENTS")).hasSize(4));
        assertThat(only(show("DATABASES"), "name", "pgbouncer")).containsEntry("current_client_connections", "1");
    }

    @Test
    void everythingCanBeShown() {
        for (String topic : TOPICS) {
            List<Message> answer = console.query("SHOW " + topic);

            assertThat(answer.getFirst().type()).as(topic).isEqualTo('T');
            assertThat(answer.get(answer.size() - 2).tag()).as(topic).isEqualTo("SHOW");
        }
    }

    private List<Map<String, String>> show(String topic) {
        return Shown.rows(console, "SHOW " + topic);
    }

    private static Map<String, String> only(List<Map<String, String>> rows, String column, String value) {
        List<Map<String, String>> found =
                rows.stream().filter(row -> value.equals(row.get(column))).toList();
        assertThat(found).as("rows with %s=%s of %s", column, value, rows).hasSize(1);
        return found.getFirst();
    }

    private static List<String> states(List<Map<String, String>> rows) {
        return texts(rows, "state");
    }

    private static List<String> texts(List<Map<String, String>> rows, String column) {
        List<String> texts = new ArrayList<>();
        for (Map<String, String> row : rows) {
            texts.add(text(row, column));
        }
        return texts;
    }

    private static String text(Map<String, String> row, String column) {
        return Objects.requireNonNull(row.get(column));
    }

    private static long number(Map<String, String> row, String column) {
        return Long.parseLong(text(row, column));
    }
}
