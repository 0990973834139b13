package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.app.Pooler;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the console shows of a pooler whose clients work, wait and idle: the numbers of all event loops together.
final class ConsoleShowIT {

    private static final Login ADMIN = new Login("admin", "admin-secret", "pgbouncer");

    private static final List<String> TOPICS = List.of(
            "VERSION",
            "DATABASES",
            "POOLS",
            "PEER_POOLS",
            "PEERS",
            "CLIENTS",
            "SERVERS",
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

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private Pooler pooler;

    @SuppressWarnings("NullAway.Init")
    private Endpoint endpoint;

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
    void start() throws Exception {
        Files.writeString(directory.resolve("users.txt"), """
            "app" "app-secret"
            "admin" "admin-secret"
            """);
        Path file = Files.writeString(directory.resolve("weir.ini"), """
            [databases]
            app = host=127.0.0.1 port=%1$d
            other = host=127.0.0.1 port=%1$d user=app pool_mode=session
            [users]
            app = max_user_connections=5
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = 0
            unix_socket_dir =
            console_listen_port = 0
            metrics_listen_port = 0
            auth_type = scram-sha-256
            auth_file = users.txt
            admin_users = admin
            pool_mode = transaction
            default_pool_size = 1
            workers = 2
            """.formatted(postgres.port()));
        Loaded loaded = ConfigLoader.load(file, Map.of());
        WeirConfig config = loaded.config();
        if (config == null) {
            throw new AssertionError(loaded.problems().toString());
        }
        pooler = Pooler.start(config, file, Map.of());
        InetSocketAddress address = (InetSocketAddress) pooler.listenAddresses().getFirst();
        endpoint = Endpoint.loopback(address.getPort());
        console = RawClient.connect(endpoint, ADMIN);
        active = RawClient.connect(endpoint, Accounts.APP.with("application_name", "till"));
        idle = RawClient.connect(endpoint, Accounts.APP);
        waiting = RawClient.connect(endpoint, Accounts.APP);
        active.run("BEGIN");
        waiting.send(WAITING_QUERY);
        await().until(() -> only(show("POOLS"), "database", "app").get("cl_waiting"), "1"::equals);
    }

    @AfterEach
    void stop() {
        List.of(active, idle, waiting).forEach(RawClient::hangUp);
        await().untilAsserted(() -> assertThat(show("CLIENTS")).hasSize(1));
        console.close();
        pooler.shutdown(ShutdownMode.IMMEDIATE);
        pooler.termination().toCompletableFuture().join();
    }

    @Test
    void poolsAddUpWhatLivesOnAllLoops() {
        Map<String, @Nullable String> row = only(show("POOLS"), "database", "app");

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
        List<Map<String, @Nullable String>> clients = show("CLIENTS");
        String server = text(only(show("SERVERS"), "database", "app"), "ptr");

        Map<String, @Nullable String> first = only(clients, "port", String.valueOf(active.localPort()));
        assertThat(first)
                .containsEntry("type", "C")
                .containsEntry("user", "app")
                .containsEntry("database", "app")
                .containsEntry("replication", "none")
                .containsEntry("state", "active")
                .containsEntry("addr", "127.0.0.1")
                .containsEntry("local_addr", "127.0.0.1")
                .containsEntry("local_port", String.valueOf(((Endpoint.Tcp) endpoint).port()))
                .containsEntry("link", server)
                .containsEntry("wait", "0")
                .containsEntry("wait_us", "0")
                .containsEntry("application_name", "till");
        assertThat(only(clients, "port", String.valueOf(idle.localPort())))
                .containsEntry("state", "idle")
                .containsEntry("link", "")
                .containsEntry("request_time", null);
        Map<String, @Nullable String> last = only(clients, "port", String.valueOf(waiting.localPort()));
        assertThat(last).containsEntry("state", "waiting").containsEntry("link", "");
        assertThat(number(last, "wait") * 1_000_000 + number(last, "wait_us")).isPositive();
        assertThat(only(clients, "database", "pgbouncer"))
                .containsEntry("user", "admin")
                .containsEntry("port", String.valueOf(console.localPort()));
        assertThat(clients).hasSize(4);
    }

    @Test
    void serversTellWhomTheyServe() {
        String pid = active.value("SELECT pg_backend_pid()");

        List<Map<String, @Nullable String>> servers = show("SERVERS");

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
        try (RawClient silent = RawClient.open(endpoint)) {
            await().until(() -> states(show("SOCKETS")), states -> states.contains("cl_login"));

            assertThat(states(show("SOCKETS")))
                    .containsExactlyInAnyOrder(
                            "cl_active", "cl_idle", "cl_idle", "cl_waiting", "cl_login", "sv_active");
            assertThat(states(show("ACTIVE_SOCKETS"))).containsExactlyInAnyOrder("cl_active", "sv_active");
            assertThat(silent.localPort()).isNotNull();
        }
    }

    @Test
    void socketsTellWhatIsHeldAndWhatIsStillToCome() {
        byte[] query = Frontend.query("SELECT 'long'");
        active.send(Arrays.copyOf(query, query.length - 4));

        await().untilAsserted(() -> {
            List<Map<String, @Nullable String>> sockets = show("SOCKETS");
            assertThat(only(sockets, "port", String.valueOf(active.localPort())))
                    .containsEntry("pkt_remain", "4");
            assertThat(only(sockets, "port", String.valueOf(waiting.localPort())))
                    .containsEntry("pkt_avail", String.valueOf(WAITING_QUERY.length));
        });
    }

    @Test
    void databasesShowTheirConnections() {
        List<Map<String, @Nullable String>> databases = show("DATABASES");

        assertThat(only(databases, "name", "app"))
                .containsEntry("host", "127.0.0.1")
                .containsEntry("port", String.valueOf(postgres.port()))
                .containsEntry("database", "app")
                .containsEntry("force_user", null)
                .containsEntry("pool_size", "1")
                .containsEntry("pool_mode", null)
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
        Map<String, @Nullable String> items = new LinkedHashMap<>();
        for (Map<String, @Nullable String> row : show("LISTS")) {
            items.put(text(row, "list"), row.get("items"));
        }

        assertThat(items)
                .containsEntry("databases", "3")
                .containsEntry("users", "3")
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
        Map<String, @Nullable String> row = only(show("STATS"), "database", "app");
        assertThat(number(row, "total_wait_time")).isPositive();
        assertThat(number(row, "total_query_time")).isPositive();
        assertThat(number(row, "total_xact_time")).isPositive();
        assertThat(number(row, "total_received")).isPositive();
        assertThat(number(row, "total_sent")).isPositive();
    }

    @Test
    void settingsAreAllThere() {
        List<Map<String, @Nullable String>> settings = show("CONFIG");

        assertThat(only(settings, "key", "default_pool_size"))
                .containsEntry("value", "1")
                .containsEntry("default", "20")
                .containsEntry("changeable", "yes");
        assertThat(only(settings, "key", "listen_addr")).containsEntry("changeable", "no");
        assertThat(texts(settings, "key")).hasSizeGreaterThan(80).isSorted();
    }

    @Test
    void memoryIsCounted() {
        List<Map<String, @Nullable String>> memory = show("MEM");

        assertThat(only(memory, "name", "client_cache")).containsEntry("used", "4");
        assertThat(only(memory, "name", "server_cache")).containsEntry("used", "1");
        assertThat(number(only(memory, "name", "netty_direct"), "memtotal")).isPositive();
        assertThat(number(only(memory, "name", "jvm_heap"), "used")).isPositive();
    }

    @Test
    void theStateFollowsPauses() {
        assertThat(only(show("STATE"), "key", "active")).containsEntry("value", "yes");
        try (RawClient operator = RawClient.connect(endpoint, ADMIN)) {
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
        try (RawClient another = RawClient.connect(endpoint, ADMIN)) {
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

    private List<Map<String, @Nullable String>> show(String topic) {
        List<String> names = new ArrayList<>();
        List<Map<String, @Nullable String>> rows = new ArrayList<>();
        for (Message message : console.query("SHOW " + topic)) {
            switch (message.type()) {
                case 'T' -> names.addAll(names(message));
                case 'D' -> rows.add(row(names, message.columns()));
                case 'E' -> throw new AssertionError(message);
                default -> assertThat(message.type()).isIn('C', 'Z');
            }
        }
        return rows;
    }

    private static Map<String, @Nullable String> row(List<String> names, List<@Nullable String> values) {
        Map<String, @Nullable String> row = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            row.put(names.get(i), values.get(i));
        }
        return row;
    }

    /// The names in a RowDescription.
    private static List<String> names(Message description) {
        ByteBuffer in = ByteBuffer.wrap(description.body());
        List<String> names = new ArrayList<>();
        for (int left = in.getShort(); left > 0; left--) {
            int start = in.position();
            while (in.get() != 0) {
                // on to the end of the name
            }
            names.add(new String(description.body(), start, in.position() - 1 - start, StandardCharsets.UTF_8));
            in.position(in.position() + 18);
        }
        return names;
    }

    private static Map<String, @Nullable String> only(
            List<Map<String, @Nullable String>> rows, String column, String value) {
        List<Map<String, @Nullable String>> found =
                rows.stream().filter(row -> value.equals(row.get(column))).toList();
        assertThat(found).as("rows with %s=%s of %s", column, value, rows).hasSize(1);
        return found.getFirst();
    }

    private static List<String> states(List<Map<String, @Nullable String>> rows) {
        return texts(rows, "state");
    }

    private static List<String> texts(List<Map<String, @Nullable String>> rows, String column) {
        List<String> texts = new ArrayList<>();
        for (Map<String, @Nullable String> row : rows) {
            texts.add(text(row, column));
        }
        return texts;
    }

    private static String text(Map<String, @Nullable String> row, String column) {
        return Objects.requireNonNull(row.get(column));
    }

    private static long number(Map<String, @Nullable String> row, String column) {
        return Long.parseLong(text(row, column));
    }
}
