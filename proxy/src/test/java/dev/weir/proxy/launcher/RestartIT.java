package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.TlsTunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Restarts that no client notices, by the packaged distribution: `-R`, and `so_reuseport` with SIGTERM.
final class RestartIT {

    private static final String UP = "process up: Weir";
    private static final String OLD_GOES_ON = "another process has taken over";
    private static final Login POOLED = new Login("anybody", "", "app");
    private static final Login SESSION = new Login("anybody", "", "session");
    private static final Login CONSOLE = new Login("pgbouncer", "", "pgbouncer");

    @TempDir
    private Path directory;

    private Launcher launcher;
    private int port;
    private final List<Launcher.Run> started = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        launcher = new Launcher(Launcher.ofThisBuild(), directory);
        port = freePort();
    }

    @AfterEach
    void endWhatIsLeft() throws Exception {
        for (Launcher.Run run : started) {
            run.process().destroyForcibly().waitFor();
        }
        pid().flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void handsOverWithoutLosingOrRefusingAnybody() throws Exception {
        Launcher.Run old = up("run", config("").toString());
        try (RawClient transaction = RawClient.connect(tcp(), POOLED);
                RawClient session = RawClient.connect(unix(), SESSION)) {
            transaction.run("CREATE TABLE IF NOT EXISTS restarted (n int)");
            transaction.run("TRUNCATE restarted");
            transaction.run("BEGIN");
            transaction.run("INSERT INTO restarted VALUES (1)");
            session.run("CREATE TEMP TABLE mine AS SELECT 7 AS n");
            Launcher.Run successor;
            try (Arrivals arrivals = new Arrivals(POOLED, tcp(), tcp(), unix())) {
                await().until(() -> arrivals.served() > 20);
                successor = up("run", "-R", config("").toString());
                old.awaitError(OLD_GOES_ON);
                int before = arrivals.served();
                await().until(() ->
                        arrivals.served() > before + 20 || !arrivals.failures().isEmpty());
                arrivals.stop();
                assertThat(arrivals.failures()).isEmpty();
            }
            assertThat(pid()).contains(successor.process().pid());
            assertThat(successor.errors())
                    .contains("taking over from process " + old.process().pid());
            assertThat(clients(unix())).doesNotContain("session");
            assertThat(clients(Endpoint.socketIn(oldProcess(old), port))).contains("app", "session");

            transaction.run("INSERT INTO restarted VALUES (2)");
            transaction.run("COMMIT");
            assertThat(transaction.value("SELECT count(*) FROM restarted")).isEqualTo("2");
            assertThat(session.value("SELECT n FROM mine")).isEqualTo("7");
            assertThat(old.process().isAlive()).isTrue();
        }
        assertThat(old.awaitExit()).isZero();
        assertThat(oldProcess(old)).doesNotExist();
        assertThat(directory.resolve("weir.pid")).exists();
        for (Endpoint endpoint : List.of(tcp(), unix())) {
            try (RawClient client = RawClient.connect(endpoint, POOLED)) {
                assertThat(client.value("SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void clientsWithTlsStayAndNewOnesGetTlsAtOnce() throws Exception {
        String settings = encrypted();
        Launcher.Run old = up("run", config(settings).toString());
        try (TlsTunnel tunnel = TlsTunnel.to(port);
                Arrivals arrivals = new Arrivals(POOLED, tunnel.endpoint());
                RawClient staying = RawClient.connect(tunnel.endpoint(), POOLED)) {
            staying.run("BEGIN");
            String server = staying.value("SELECT pg_backend_pid()");
            await().until(() -> arrivals.served() > 10);
            up("run", "-R", config(settings).toString());
            old.awaitError(OLD_GOES_ON);
            int before = arrivals.served();
            await().until(() ->
                    arrivals.served() > before + 10 || !arrivals.failures().isEmpty());
            arrivals.stop();
            assertThat(arrivals.failures()).isEmpty();
            assertThat(staying.value("SELECT pg_backend_pid()")).isEqualTo(server);
            staying.run("COMMIT");
            assertThat(old.process().isAlive()).isTrue();
        }
        assertThat(old.awaitExit()).isZero();
    }

    private String encrypted() {
        PemFiles files = Certificates.write(
                directory, "server", Certificates.issued(Certificates.server(), Certificates.authority("authority")));
        return """
            client_tls_sslmode = "require"
            client_tls_key_file = "%s"
            client_tls_cert_file = "%s"
            """.formatted(files.key(), files.chain());
    }

    @Test
    void cancelRequestsReachTheProcessThatHasTheClient() throws Exception {
        up("run", config("").toString());
        try (RawClient first = RawClient.connect(tcp(), POOLED)) {
            first.send(Frontend.query("SELECT pg_sleep(600)"));
            Launcher.Run second = up("run", "-R", config("").toString());
            try (RawClient between = RawClient.connect(unix(), POOLED)) {
                between.send(Frontend.query("SELECT pg_sleep(600)"));
                up("run", "-R", config("").toString());
                second.awaitError(OLD_GOES_ON);
                // Over whatever a client is connected, it sends its cancel request to the address that it knows.
                first.cancel();
                between.cancel();
                assertThat(sqlState(first)).isEqualTo("57014");
                assertThat(sqlState(between)).isEqualTo("57014");
                assertThat(first.value("SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void aFailureBeforeTheHandOverLeavesTheOldProcessAsItWas() throws Exception {
        Launcher.Run old = up("run", config("").toString());
        try (RawClient client = RawClient.connect(unix(), POOLED);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client.run("BEGIN");
            Launcher.Run successor = launcher.run(
                    "run",
                    "-R",
                    config("console_listen_port = " + taken.getLocalPort()).toString());
            assertThat(successor.process().exitValue()).isEqualTo(1);
            assertThat(successor.errors()).contains("taking over from process", "cannot listen on");
            assertThat(old.errors()).doesNotContain(OLD_GOES_ON);
            assertThat(pid()).contains(old.process().pid());
            client.run("COMMIT");
            for (Endpoint endpoint : List.of(tcp(), unix())) {
                try (RawClient other = RawClient.connect(endpoint, POOLED)) {
                    assertThat(other.value("SELECT 1")).isEqualTo("1");
                }
            }
        }
        up("run", "-R", config("").toString());
        assertThat(old.awaitExit()).isZero();
    }

    @Test
    void inTheBackgroundTheSuccessorTakesThePidFileToo() throws Exception {
        String logged = "logfile = \"" + directory.resolve("weir.log") + "\"";
        assertThat(launcher.run("run", "-d", config(logged).toString())
                        .process()
                        .exitValue())
                .isZero();
        ProcessHandle old = ProcessHandle.of(pid().orElseThrow()).orElseThrow();
        Launcher.Run starter = launcher.run("run", "-dR", config(logged).toString());
        assertThat(starter.errors()).isEmpty();
        assertThat(starter.process().exitValue()).isZero();
        await().atMost(Launcher.PATIENCE).until(() -> !old.isAlive());
        assertThat(pid()).isPresent().isNotEqualTo(Optional.of(old.pid()));
        try (RawClient client = RawClient.connect(unix(), POOLED)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void startsNormallyWhenNobodyRuns() throws Exception {
        Launcher.Run run = up("run", "--reboot", config("").toString());
        assertThat(run.errors()).contains("old process not found, try to continue normally");
        assertThat(pid()).contains(run.process().pid());
    }

    @Test
    void saysWhatKeepsItFromTakingOver() throws Exception {
        Path config = config("");
        String text = Files.readString(config);
        Files.writeString(config, text.replaceAll("unix_socket_dir = .*", "unix_socket_dir = \"\""));
        assertRefused(launcher.run("run", "-R", config.toString()), "-R needs unix_socket_dir");
        Files.writeString(config, text.replace("[weir]", "[weir]\ntransport = \"nio\""));
        assertRefused(launcher.run("run", "-R", config.toString()), "-R needs transport epoll");
        Launcher.Run old = up("run", config.toString());
        Files.writeString(config, text);
        assertRefused(launcher.run("run", "-R", config.toString()), "cannot take over from the process at");
        assertThat(old.process().isAlive()).isTrue();
    }

    @Test
    void takesNothingFromAnotherUser() throws Exception {
        boolean root = System.getProperty("user.name").equals("root");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        up("run", config("").toString());
        assertRefused(
                launcher.run("run", "-R", "-u", "nobody", config("").toString()),
                root ? "it belongs to uid 0, this one to uid" : "cannot switch to user");
    }

    @Test
    void processesThatShareAPortAreReplacedOneByOne() throws Exception {
        Launcher.Run old = up("run", sharing("first").toString());
        try (RawClient staying = RawClient.connect(tcp(), POOLED);
                Arrivals arrivals = new Arrivals(POOLED, tcp(), tcp(), tcp())) {
            await().until(() -> arrivals.served() > 20);
            staying.run("BEGIN");
            up("run", sharing("second").toString());
            old.send("TERM");
            old.awaitError("got SIGTERM");
            int before = arrivals.served();
            await().atMost(Launcher.PATIENCE)
                    .until(() -> arrivals.served() > before + 200
                            || !arrivals.failures().isEmpty());
            arrivals.stop();
            assertThat(arrivals.failures()).isEmpty();
            staying.run("COMMIT");
            assertThat(old.process().isAlive()).isTrue();
        }
        assertThat(old.awaitExit()).isZero();
    }

    private static void assertRefused(Launcher.Run run, String reason) {
        assertThat(run.process().exitValue()).isEqualTo(1);
        assertThat(run.errors()).contains(reason);
    }

    private static String sqlState(RawClient client) {
        return client.readUntilReady().stream()
                .filter(message -> message.type() == 'E')
                .findFirst()
                .orElseThrow()
                .sqlState();
    }

    /// The databases of the clients of the process that listens there.
    private static List<String> clients(Endpoint console) {
        try (RawClient client = RawClient.connect(console, CONSOLE)) {
            return client.rows("SHOW CLIENTS").stream()
                    .map(row -> String.valueOf(row.get(2)))
                    .toList();
        }
    }

    private Path oldProcess(Launcher.Run run) {
        return directory.resolve(".weir." + run.process().pid());
    }

    private Endpoint tcp() {
        return Endpoint.loopback(port);
    }

    private Endpoint unix() {
        return Endpoint.socketIn(directory, port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Launcher.Run up(String... arguments) throws IOException {
        Launcher.Run run = launcher.start(arguments);
        started.add(run);
        run.awaitError(UP);
        return run;
    }

    private Optional<Long> pid() {
        String text = Launcher.read(directory.resolve("weir.pid")).strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(text));
    }

    private Path sharing(String name) throws IOException {
        Path own = Files.createDirectory(directory.resolve(name));
        return config(own, "so_reuseport = true");
    }

    private Path config(String settings) throws IOException {
        return config(directory, settings);
    }

    private Path config(Path own, String settings) throws IOException {
        String console = settings.contains("console_listen_port") ? "" : "console_listen_port = 0";
        return Files.writeString(own.resolve("weir.toml"), """
            [weir]
            listen_addr = ["127.0.0.1"]
            listen_port = %1$d
            unix_socket_dir = "%2$s"
            auth_type = "any"
            pool_mode = "transaction"
            metrics_listen_port = 0
            log_connections = false
            log_disconnections = false
            pidfile = "%2$s/weir.pid"
            %3$s
            %4$s

            [databases.app]
            host = "127.0.0.1"
            port = %5$d
            user = "%6$s"
            password = "%7$s"

            [databases.session]
            host = "127.0.0.1"
            port = %5$d
            dbname = "app"
            pool_mode = "session"
            user = "%6$s"
            password = "%7$s"
            """.formatted(
                        port,
                        own,
                        console,
                        settings,
                        TestPostgres.shared().port(),
                        Accounts.APP.user(),
                        Accounts.APP.password()));
    }
}
