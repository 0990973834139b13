package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The packaged distribution as the container image runs it: SIGTERM drains by the image's own choice, the image's
/// health
/// check, the modules of its Java runtime.
@EnabledOnOs(OS.LINUX)
final class ShutdownIT {

    private static final Login ANYBODY = new Login("anybody", "", "app");
    private static final Pattern MODULES = Pattern.compile("(?m)^modules=(.*)$");

    @TempDir
    private Path directory;

    private Launcher launcher;
    private int httpPort;
    private final List<Launcher.Run> started = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        launcher = new Launcher(Launcher.ofThisBuild(), directory);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            httpPort = socket.getLocalPort();
        }
    }

    @AfterEach
    void endWhatIsLeft() throws Exception {
        for (Launcher.Run run : started) {
            run.process().destroyForcibly().waitFor();
        }
    }

    private Launcher.Run up() throws IOException {
        Path config = Files.writeString(directory.resolve("weir.toml"), """
            [weir]
            listen_addr = []
            unix_socket_dir = "%s"
            auth_type = "any"
            pool_mode = "transaction"
            console_listen_port = 0
            metrics_listen_port = %d
            shutdown_accept_delay = "0s"
            [databases.app]
            host = "127.0.0.1"
            port = %d
            user = "app"
            password = "app-secret"
            """.formatted(
                        directory, httpPort, TestPostgres.shared().port()));
        Launcher.Run run = launcher.start(Map.of("WEIR_SHUTDOWN_DRAIN_TIMEOUT", "60s"), "run", config.toString());
        started.add(run);
        run.awaitError("process up: Weir");
        return run;
    }

    private RawClient client() {
        return RawClient.connect(Endpoint.socketIn(directory, 6432), ANYBODY);
    }

    @Test
    void drainsOnTheFirstSignalAndIsHealthyMeanwhile() throws Exception {
        Launcher.Run run = up();
        assertThat(healthCheck(httpPort)).isZero();
        try (RawClient idle = client();
                RawClient busy = client()) {
            busy.run("BEGIN");
            run.send("TERM");
            run.awaitError("got SIGTERM, shutting down, draining for 60 s at most");
            assertThat(idle.expectFatal().sqlState()).isEqualTo("57P01");
            assertThat(healthCheck(httpPort)).as("alive, though not ready").isZero();
            busy.run("COMMIT");
            assertThat(busy.expectFatal().sqlState()).isEqualTo("57P01");
        }
        assertThat(run.awaitExit()).isZero();
        assertThat(run.errors()).contains("drain: no new clients from here on, 2 are to go", "all clients have left");
        assertThat(healthCheck(httpPort)).isNotZero();
    }

    @Test
    void aSecondSignalEndsAtOnce() throws Exception {
        Launcher.Run run = up();
        try (RawClient busy = client()) {
            busy.run("BEGIN");
            run.send("TERM");
            run.awaitError("draining for 60 s at most");
            run.send("TERM");
            assertThat(run.awaitExit()).isZero();
            assertThat(run.errors()).contains("got SIGTERM while shutting down, fast exit");
        }
    }

    private static int healthCheck(int port) throws IOException, InterruptedException {
        ProcessBuilder check = new ProcessBuilder(docker("healthcheck").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        check.environment().put("WEIR_HEALTH_URL", "http://127.0.0.1:" + port + "/health/live");
        Process process = check.start();
        assertThat(process.waitFor(Launcher.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return process.exitValue();
    }

    @Test
    void theImagesRuntimeHasTheModulesThatClassesReferTo() throws Exception {
        Matcher modules = MODULES.matcher(Files.readString(docker("distribution.sh")));
        assertThat(modules.find()).isTrue();
        Path lib = Launcher.ofThisBuild().resolveSibling("lib");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(),
                "--ignore-missing-deps",
                "--multi-release",
                "25",
                "--print-module-deps",
                "-quiet",
                "--class-path",
                lib + "/*:" + lib + "/loadtest/*"));
        try (Stream<Path> jars = Files.list(lib)) {
            jars.map(Path::toString).filter(name -> name.contains("weir-")).forEach(command::add);
        }
        Path output = directory.resolve("jdeps");
        Process jdeps = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(jdeps.waitFor(Launcher.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        Set<String> needed = new TreeSet<>(List.of(
                Files.readString(output).strip().replaceAll("(?s).*\\n", "").split(",")));
        assertThat(needed).contains("java.base", "jdk.httpserver");
        assertThat(modules.group(1).split(",")).contains(needed.toArray(String[]::new));
    }

    private static Path docker(String name) {
        String root = System.getProperty("weir.root");
        return Path.of(root == null ? ".." : root, "docker", name).toAbsolutePath();
    }
}
