package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// As a service of systemd: what it is told, and the sockets that it passes.
@EnabledOnOs(OS.LINUX)
final class SystemdIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Login OPERATOR = new Login("pgbouncer", "", "pgbouncer");

    /// Does what systemd does before it starts a service: opens sockets, puts them from descriptor 3 on, says so.
    private static final String PASS_SOCKETS = """
        use Socket; use POSIX ();
        my @open = ();
        for my $what (split / /, shift @ARGV) {
            my $socket;
            if ($what =~ m{/}) {
                socket($socket, PF_UNIX, SOCK_STREAM, 0) or die;
                bind($socket, pack_sockaddr_un($what)) or die "$what: $!";
            } else {
                socket($socket, PF_INET, SOCK_STREAM, 0) or die;
                setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) or die;
                bind($socket, pack_sockaddr_in($what, INADDR_LOOPBACK)) or die "$what: $!";
            }
            listen($socket, 16) or die;
            push @open, POSIX::dup2(fileno($socket), 30 + @open);
        }
        POSIX::dup2($open[$_], 3 + $_) for 0 .. $#open;
        POSIX::close($_) for @open;
        $ENV{LISTEN_PID} = $$;
        $ENV{LISTEN_FDS} = scalar @open;
        exec @ARGV or die;
        """;

    @TempDir
    private Path directory;

    private Launcher launcher;
    private final List<Launcher.Run> started = new ArrayList<>();

    @BeforeEach
    void findLauncher() {
        launcher = new Launcher(Launcher.ofThisBuild(), directory);
    }

    @AfterEach
    void endWhatIsLeft() throws Exception {
        for (Launcher.Run run : started) {
            run.process().destroyForcibly().waitFor();
        }
    }

    private Path config(String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "[weir]",
                "listen_addr = []",
                "auth_type = \"any\"",
                "unix_socket_dir = \"" + directory + "\"",
                "console_listen_port = 0",
                "metrics_listen_port = 0"));
        all.addAll(List.of(lines));
        return Files.write(directory.resolve("weir.toml"), all);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/notify", "@weir-test-"})
    void tellsThatItIsReadyReloadsAliveAndStopping(String name) throws Exception {
        String path = name.startsWith("@") ? name + ProcessHandle.current().pid() : directory + name;
        try (ServiceManager systemd = new ServiceManager(path)) {
            Launcher.Run run = launcher.start(
                    Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "200000"),
                    "run",
                    config("stats_period = \"1s\"").toString());
            started.add(run);
            await().atMost(PATIENCE).until(() -> systemd.heard().contains("READY=1"));
            await().atMost(PATIENCE)
                    .until(() -> systemd.heard().stream()
                                    .filter("WATCHDOG=1"::equals)
                                    .count()
                            > 2);
            await().atMost(PATIENCE)
                    .until(() -> systemd.heard().stream().anyMatch(line -> line.startsWith("STATUS=stats: ")));

            run.send("HUP");
            await().atMost(PATIENCE)
                    .until(() ->
                            systemd.heard().stream().filter("READY=1"::equals).count() == 2);
            List<String> heard = systemd.heard();
            String reloading = heard.stream()
                    .filter(line -> line.startsWith("RELOADING=1\nMONOTONIC_USEC="))
                    .findFirst()
                    .orElseThrow();
            long micros = Long.parseLong(reloading.substring(reloading.lastIndexOf('=') + 1));
            String uptime = Files.readString(Path.of("/proc/uptime"));
            assertThat(micros).isBetween(1L, (long) (Double.parseDouble(uptime.split(" ")[0]) * 1e6) + 1_000_000);
            assertThat(heard.indexOf(reloading)).isLessThan(heard.lastIndexOf("READY=1"));

            run.send("TERM");
            assertThat(run.awaitExit()).isZero();
            await().atMost(PATIENCE).until(() -> systemd.heard().contains("STOPPING=1"));
        }
    }

    @Test
    void aWatchdogMeantForAnotherProcessIsLeftAlone() throws Exception {
        String path = directory + "/notify";
        try (ServiceManager systemd = new ServiceManager(path)) {
            Launcher.Run run = launcher.start(
                    Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"),
                    "run",
                    config().toString());
            started.add(run);
            await().atMost(PATIENCE).until(() -> systemd.heard().contains("READY=1"));
            run.send("QUIT");
            assertThat(run.awaitExit()).isZero();
            assertThat(systemd.heard()).doesNotContain("WATCHDOG=1");
        }
    }

    private Launcher.Run activated(String sockets, String names, Path config) throws IOException {
        Launcher perl = new Launcher(Path.of("perl"), directory);
        Launcher.Run run = perl.start(
                Map.of("LISTEN_FDNAMES", names),
                "-e",
                PASS_SOCKETS,
                sockets,
                Launcher.ofThisBuild().toString(),
                "run",
                config.toString());
        started.add(run);
        return run;
    }

    @Test
    void listensOnTheSocketsThatItIsPassedAndLeavesThemThere() throws Exception {
        int port = freePort();
        Path console = directory.resolve("operators");
        Path clients = directory.resolve(".s.PGSQL.6432");
        Launcher.Run run = activated(port + " " + clients + " " + console, "clients:clients:console", config());
        run.awaitError("process up: Weir");

        assertThat(run.errors())
                .contains("listening on 127.0.0.1:" + port, "listening on unix:" + clients)
                .contains("listen_addr, listen_port and unix_socket_dir of the configuration are not used");
        try (RawClient operator = RawClient.connect(new Endpoint.Unix(UnixDomainSocketAddress.of(clients)), OPERATOR)) {
            assertThat(Shown.rows(operator, "SHOW FDS"))
                    .filteredOn(row -> "pooler".equals(row.get("task")))
                    .hasSize(3);
        }
        try (RawClient operator = RawClient.connect(new Endpoint.Unix(UnixDomainSocketAddress.of(console)), OPERATOR)) {
            assertThat(Shown.rows(operator, "SHOW VERSION")).hasSize(1);
        }
        try (RawClient client = RawClient.open(Endpoint.loopback(port))) {
            assertThat(client.tryLogin(new Login("somebody", "", "nowhere"))
                            .getLast()
                            .type())
                    .isEqualTo('E');
        }
        run.send("QUIT"); // which comes by descriptor 3
        assertThat(run.awaitExit()).isZero();
        assertThat(clients).exists();
        assertThat(console).exists();
    }

    @Test
    void manySocketsAreTakenToo() throws Exception {
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ports.add(String.valueOf(freePort()));
        }
        Launcher.Run run = activated(String.join(" ", ports), "", config());
        run.awaitError("process up: Weir");
        assertThat(run.errors())
                .contains(ports.stream()
                        .map(port -> "listening on 127.0.0.1:" + port)
                        .toList());
        run.send("TERM");
        assertThat(run.awaitExit()).isZero();
    }

    @Test
    void anOnlineRestartIsNotForPassedSockets() throws Exception {
        Launcher perl = new Launcher(Path.of("perl"), directory);
        Launcher.Run run = perl.start(
                "-e",
                PASS_SOCKETS,
                String.valueOf(freePort()),
                Launcher.ofThisBuild().toString(),
                "run",
                "-R",
                config().toString());
        started.add(run);
        assertThat(run.awaitExit()).isEqualTo(1);
        assertThat(run.errors()).contains("-R cannot be used with sockets of the service manager");
    }
}
