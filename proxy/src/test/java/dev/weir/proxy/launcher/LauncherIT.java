package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What users and scripts rely on: exit statuses, signals, pidfile, log files, `-d`. No PostgreSQL is needed for it.
final class LauncherIT {

    private static final int CLIENTS_PORT = 6432;
    private static final String UP = "process up: Weir";

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
        Optional<Long> daemon = pid();
        daemon.flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void printsItsVersion() throws Exception {
        Launcher.Run run = launcher.run("--version");
        assertThat(run.process().exitValue()).isZero();
        assertThat(run.output()).matches("(?s)Weir \\d+\\.\\d+\\.\\d+\\S*\njava: .*\nnetty: .*\ntls: .*\n");
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void endsWithTwoOnAWrongCommandLine() throws Exception {
        Launcher.Run run = launcher.run("run", "weir.toml", "--frobnicate");
        assertThat(run.process().exitValue()).isEqualTo(2);
        assertThat(run.errors()).contains("--frobnicate", "Usage: weir run");
    }

    @Test
    void startsThroughSymbolicLinksAndFromPathsWithBlanks() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("with blanks"));
        Path first = Files.createSymbolicLink(folder.resolve("weir link"), Launcher.ofThisBuild());
        Path second = Files.createSymbolicLink(directory.resolve("second"), directory.relativize(first));
        Launcher.Run run = new Launcher(second, folder).run("--version");
        assertThat(run.errors()).isEmpty();
        assertThat(run.process().exitValue()).isZero();
    }

    @Test
    void checkListsAllProblemsWithFileAndLine() throws Exception {
        Path file = directory.resolve("bad.toml");
        Files.writeString(file, "[weir]\nlisten_prot = 1\npool_mode = \"sometimes\"\n");
        Launcher.Run run = launcher.run("check", file.toString());
        assertThat(run.process().exitValue()).isEqualTo(1);
        assertThat(run.output())
                .contains(file + ":2: error: ", "listen_port?")
                .contains(file + ":3: error: ", "transaction")
                .contains("2 errors");
    }

    @Test
    void checkIsContentWithAGoodConfiguration() throws Exception {
        Launcher.Run run = launcher.run("check", config("").toString());
        assertThat(run.process().exitValue()).isZero();
        assertThat(run.output()).contains("good");
    }

    @Test
    void runRefusesAWrongConfiguration() throws Exception {
        Launcher.Run run =
                launcher.run("run", config("max_client_conn = \"many\"").toString());
        assertThat(run.process().exitValue()).isEqualTo(1);
        assertThat(run.errors()).contains("max_client_conn").contains("cannot be used");
    }

    @ParameterizedTest
    @CsvSource({
        "TERM,'got SIGTERM, shutting down, waiting for all clients disconnect'",
        "INT,'got SIGINT, shutting down, waiting for all servers connections to be released'",
        "QUIT,'got SIGQUIT, fast exit'"
    })
    void endsWithZeroOnSignal(String signal, String line) throws Exception {
        Launcher.Run run = up("");
        run.send(signal);
        assertThat(run.awaitExit()).isZero();
        assertThat(run.errors()).contains(line);
        assertThat(directory.resolve("weir.pid")).doesNotExist();
    }

    @Test
    void saysHowManyDescriptorsItNeeds() throws Exception {
        Path limited = Files.writeString(
                directory.resolve("limited"),
                "#!/bin/sh\nulimit -n 600\nexec '" + Launcher.ofThisBuild() + "' \"$@\"\n");
        assertThat(limited.toFile().setExecutable(true)).isTrue();
        launcher = new Launcher(limited, directory);
        Launcher.Run run = up("max_client_conn = 1000");
        assertThat(run.errors())
                .containsPattern("LOG kernel file descriptor limit: 600 \\(hard: 600\\); max_client_conn: 1000,"
                        + " max expected fd use: 1\\d{3}\n")
                .containsPattern("WARNING the file descriptor limit of 600 may not be enough: .*LimitNOFILE");
    }

    @Test
    void pausesAndResumesOnUserSignals() throws Exception {
        Launcher.Run run = up("");
        run.send("USR1");
        run.awaitError("got SIGUSR1, pausing all activity");
        run.send("USR2");
        run.awaitError("got SIGUSR2, continuing from PAUSE");
        run.send("TERM");
        assertThat(run.awaitExit()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void failsOnASignalToEndWhileItIsSuspended(String signal) throws Exception {
        Launcher.Run run = up("admin_users = [\"boss\"]");
        try (RawClient console =
                RawClient.connect(Endpoint.socketIn(directory, CLIENTS_PORT), new Login("boss", "", "pgbouncer"))) {
            console.run("SUSPEND");
            run.send(signal);
            assertThat(run.awaitExit()).isEqualTo(1);
        }
        assertThat(run.errors()).contains("got SIG" + signal).contains("] FATAL suspend was in effect");
    }

    @Test
    void writesItsPidAndRefusesASecondStart() throws Exception {
        Launcher.Run run = up("");
        assertThat(pid()).contains(run.process().pid());
        Launcher.Run second = launcher.run("run", config("").toString());
        assertThat(second.process().exitValue()).isEqualTo(1);
        assertThat(second.errors()).contains("another instance running?");
        assertThat(run.process().isAlive()).isTrue();
    }

    @Test
    void letsARotatedLogFileGoOnHangUp() throws Exception {
        Path log = directory.resolve("weir.log");
        Launcher.Run run = up("logfile = \"" + log + "\"");
        await().atMost(Launcher.PATIENCE).until(() -> Launcher.read(log).contains(UP));
        Path rotated = Files.move(log, directory.resolve("weir.log.1"));
        run.send("HUP");
        await().atMost(Launcher.PATIENCE)
                .until(() -> Files.exists(log) || Launcher.read(rotated).contains("re-reading config"));
        run.send("USR1");
        await().atMost(Launcher.PATIENCE).until(() -> Launcher.read(log).contains("got SIGUSR1"));
        assertThat(rotated).content().contains("re-reading config").doesNotContain("got SIGUSR1");
    }

    @Test
    void saysNothingOnStandardErrorWhenQuiet() throws Exception {
        Path log = directory.resolve("weir.log");
        Launcher.Run run =
                start("run", "-q", config("logfile = \"" + log + "\"").toString());
        await().atMost(Launcher.PATIENCE).until(() -> Launcher.read(log).contains(UP));
        assertThat(run.errors()).isEmpty();
        run.send("TERM");
        assertThat(run.awaitExit()).isZero();
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void goesOnWithoutItsLogFileAndSaysSo() throws Exception {
        Launcher.Run run = up("logfile = \"" + directory.resolve("missing/weir.log") + "\"");
        assertThat(run.errors()).containsOnlyOnce("cannot be written: no such directory");
        run.send("TERM");
        assertThat(run.awaitExit()).isZero();
    }

    @Test
    void logsDebuggingWithV() throws Exception {
        Launcher.Run run = start("run", "-v", config("").toString());
        run.awaitError(UP);
        assertThat(run.errors()).contains("] DEBUG ");
    }

    @Test
    void daemonReturnsWhenItServesAndOutlivesItsStarter() throws Exception {
        Path log = directory.resolve("weir.log");
        Launcher.Run starter =
                launcher.run("run", "-d", config("logfile = \"" + log + "\"").toString());
        assertThat(starter.errors()).isEmpty();
        assertThat(starter.process().exitValue()).isZero();
        await().atMost(Launcher.PATIENCE).until(() -> Launcher.read(log).contains(UP));
        ProcessHandle daemon = ProcessHandle.of(pid().orElseThrow()).orElseThrow();
        assertThat(daemon.isAlive()).isTrue();
        // A shell ignores SIGINT in what it starts in the background; Weir obeys it nevertheless.
        assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(daemon.pid()))
                        .start()
                        .waitFor())
                .isZero();
        await().atMost(Launcher.PATIENCE).until(() -> !daemon.isAlive());
        assertThat(log).content().contains("got SIGINT");
        assertThat(directory.resolve("weir.pid")).doesNotExist();
    }

    @Test
    void daemonTellsItsStarterWhyItFailed() throws Exception {
        Launcher.Run run = launcher.run("run", "-d", config("").toString());
        assertThat(run.process().exitValue()).isEqualTo(1);
        assertThat(run.errors()).contains("-d needs logfile or syslog");
    }

    @Test
    void becomesAnotherUserWhenStartedAsRoot() throws Exception {
        boolean root = System.getProperty("user.name").equals("root");
        // The socket is made after the switch, so the directory must be open to that user.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Launcher.Run run = start("run", "-u", "nobody", config("").toString());
        if (root) {
            run.awaitError(UP);
            assertThat(run.process().toHandle().info().user()).contains("nobody");
            assertThat(Files.getOwner(directory.resolve("weir.pid")).getName()).isEqualTo("nobody");
            assertThat(run.errors()).doesNotContain("running as root");
        } else {
            run.awaitError("cannot switch to user \"nobody\": only root can");
            assertThat(run.awaitExit()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "17", "24"})
    void refusesAnOldJava(String version) throws Exception {
        Path home = Files.createDirectories(directory.resolve("jdk/bin")).resolveSibling("");
        Path java = Files.createFile(home.resolve("bin/java"));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + ".0.1\"\n");
        ProcessBuilder builder = new ProcessBuilder(Launcher.ofThisBuild().toString(), "--version");
        builder.environment().put("WEIR_JAVA_HOME", home.toString());
        Process process = builder.redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("WEIR_JAVA_HOME")
                .contains("JDK 25 or newer");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    /// Linux only, like `/proc` and `prlimit`; elsewhere descriptors cannot be taken away from a running process.
    @Test
    @EnabledOnOs(OS.LINUX)
    void stopsAcceptingForAWhileWhenItHasNoDescriptorsLeftAndGoesOn() throws Exception {
        Launcher.Run run = up("");
        long pid = run.process().pid();
        int used =
                Objects.requireNonNull(Path.of("/proc/" + pid + "/fd").toFile().list()).length;
        List<RawClient> clients = new ArrayList<>();
        try {
            limitDescriptors(pid, used + 3);
            for (int i = 0; i < 10; i++) {
                clients.add(RawClient.open(Endpoint.socketIn(directory, CLIENTS_PORT)));
            }
            run.awaitError("accept() failed: ");
            assertThat(run.process().isAlive()).isTrue();

            clients.removeFirst().hangUp();

            limitDescriptors(pid, used + 100);
            for (RawClient client : clients) {
                client.send(Frontend.sslRequest());
                assertThat(client.wire().readByte()).isEqualTo('N');
            }
        } finally {
            clients.forEach(RawClient::hangUp);
        }
        run.send("TERM");
        assertThat(run.awaitExit()).isZero();
    }

    private static void limitDescriptors(long pid, int most) throws Exception {
        assertThat(new ProcessBuilder("prlimit", "--pid", String.valueOf(pid), "--nofile=" + most + ":")
                        .start()
                        .waitFor())
                .isZero();
    }

    private Launcher.Run up(String settings) throws IOException {
        Launcher.Run run = start("run", config(settings).toString());
        run.awaitError(UP);
        return run;
    }

    private Launcher.Run start(String... arguments) throws IOException {
        Launcher.Run run = launcher.start(arguments);
        started.add(run);
        return run;
    }

    private Optional<Long> pid() {
        String text = Launcher.read(directory.resolve("weir.pid")).strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(text));
    }

    /// A configuration that listens on nothing but a Unix socket in the test's directory.
    private Path config(String settings) throws IOException {
        return Files.writeString(
                directory.resolve("weir.toml"), """
                    [weir]
                    listen_addr = []
                    unix_socket_dir = "%s"
                    auth_type = "any"
                    console_listen_port = 0
                    metrics_listen_port = 0
                    pidfile = "%s"
                    %s

                    [databases.app]
                    host = "127.0.0.1"
                    port = 1
                    user = "nobody"
                    """.formatted(directory, directory.resolve("weir.pid"), settings));
    }
}
