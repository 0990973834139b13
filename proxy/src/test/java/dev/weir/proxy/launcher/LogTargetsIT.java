package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log of the packaged program where somebody else keeps it: syslog, and journald behind standard error.
final class LogTargetsIT {

    private static final String UP = "process up: Weir";

    @TempDir
    private Path directory;

    private Launcher launcher;

    @BeforeEach
    void findLauncher() {
        launcher = new Launcher(Launcher.ofThisBuild(), directory);
    }

    @Test
    void syslogGetsEveryLineUnderItsNameAndFacility() throws Exception {
        Path file = config("syslog = true\nsyslog_ident = \"weir-it\"\nsyslog_facility = \"local3\"");
        if (!SyslogDaemon.isPossible()) {
            // Somebody else keeps the log of this machine; that we may write to it is all that can be seen from here.
            ends(up(Map.of(), "run", file.toString()));
            return;
        }
        try (SyslogDaemon daemon = new SyslogDaemon()) {
            Launcher.Run run = launcher.start("run", "-q", file.toString());
            try {
                // local3 is facility 19, LOG_INFO is 6: 19 * 8 + 6
                awaitLine(daemon, "<158>", "weir-it[" + run.process().pid() + "]: LOG " + UP);
                run.send("USR1");
                awaitLine(daemon, "<158>", "got SIGUSR1, pausing all activity");
                run.send("TERM");
                assertThat(run.awaitExit()).isZero();
            } finally {
                run.process().destroyForcibly().waitFor();
            }
            assertThat(run.errors()).isEmpty();
            assertThat(daemon.received())
                    .allSatisfy(line -> assertThat(line).matches("(?s)<\\d+>.*weir-it\\[\\d+\\]: .*"));
            assertThat(daemon.received()).noneMatch(line -> line.endsWith("\n"));
        }
    }

    private static void awaitLine(SyslogDaemon daemon, String priority, String text) {
        await().atMost(Launcher.PATIENCE)
                .untilAsserted(() -> assertThat(daemon.received())
                        .anyMatch(line -> line.startsWith(priority) && line.contains(text)));
    }

    @Test
    void journaldGetsPrioritiesAndNoTimeOfOurOwn() throws Exception {
        Path file = config("");
        Path errors = Files.createFile(directory.resolve("err.1"));
        Launcher.Run run = up(
                Map.of(
                        "JOURNAL_STREAM",
                        Files.getAttribute(errors, "unix:dev") + ":" + Files.getAttribute(errors, "unix:ino")),
                "run",
                file.toString());
        ends(run);
        List<String> lines = run.errors().lines().toList();
        assertThat(lines).allSatisfy(line -> assertThat(line).matches("<[0-7]>(LOG|WARNING) .*"));
        assertThat(lines).anyMatch(line -> line.startsWith("<6>LOG " + UP));
    }

    @Test
    void aStreamThatIsNotOursMeansNothing() throws Exception {
        Launcher.Run run = up(Map.of("JOURNAL_STREAM", "1:1"), "run", config("").toString());
        ends(run);
        assertThat(run.errors().lines())
                .allSatisfy(line -> assertThat(line)
                        .matches(
                                "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\S+ \\[\\d+\\] (LOG|WARNING) .*"));
    }

    private Launcher.Run up(Map<String, String> environment, String... arguments) throws Exception {
        Launcher.Run run = launcher.start(environment, arguments);
        try {
            run.awaitError(UP);
        } catch (AssertionError e) {
            run.process().destroyForcibly().waitFor();
            throw e;
        }
        return run;
    }

    private static void ends(Launcher.Run run) throws Exception {
        try {
            run.send("TERM");
            assertThat(run.awaitExit()).isZero();
        } finally {
            run.process().destroyForcibly().waitFor();
        }
    }

    private Path config(String settings) throws IOException {
        return Files.writeString(directory.resolve("weir.toml"), """
            [weir]
            listen_addr = []
            unix_socket_dir = "%s"
            auth_type = "any"
            console_listen_port = 0
            metrics_listen_port = 0
            %s

            [databases.app]
            host = "127.0.0.1"
            port = 1
            user = "nobody"
            """.formatted(directory, settings));
    }
}
