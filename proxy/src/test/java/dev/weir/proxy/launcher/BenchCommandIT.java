package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `weir bench` from the packaged distribution; how it counts has tests of its own.
final class BenchCommandIT {

    @TempDir
    private Path directory;

    @BeforeEach
    void letOthersThrough() throws Exception {
        // Root's PostgreSQL and PgBouncer run under another name, which must be let through to their files.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Launcher.Run start(String... arguments) throws Exception {
        return new Launcher(Launcher.ofThisBuild(), directory)
                .start(
                        Map.of("TMPDIR", directory.toString()),
                        Stream.concat(Stream.of("bench"), Stream.of(arguments)).toArray(String[]::new));
    }

    @Test
    void measuresAndLeavesNothingBehind() throws Exception {
        Path json = directory.resolve("bench.json");
        Path markdown = directory.resolve("bench.md");
        Launcher.Run run = start(
                "--rounds",
                "1",
                "--seconds",
                "1",
                "--warm-up",
                "1",
                "--no-syscalls",
                "--only",
                "simple,copy-out",
                "--copy-megabytes",
                "8",
                "--json",
                json.toString(),
                "--markdown",
                markdown.toString());

        assertThat(run.awaitExit()).as("%s %s", run.output(), run.errors()).isZero();
        assertThat(run.output()).contains("copy-out: 8 MB by COPY TO STDOUT", "megabytes per second");
        assertThat(Files.readString(json).replaceAll("\\s+", " "))
                .contains("\"name\" : \"simple\"", "\"name\" : \"copy-out\"", "\"label\" : \"Weir\"")
                .containsPattern("\"label\" : \"PostgreSQL\", \"median\" : \\{ \"rate\" : [1-9]");
        assertThat(Files.readString(markdown))
                .contains("| `copy-out`: 8 MB by COPY TO STDOUT | megabytes per second |");
        await().atMost(Launcher.PATIENCE).until(this::leftovers, count -> count == 0);
    }

    @Test
    void listsItsWorkloads() throws Exception {
        Launcher.Run run = start("--list");
        assertThat(run.awaitExit()).isZero();
        assertThat(run.output()).contains("one-client", "simple", "tls-both", "copy-in", "idle", "start");
    }

    @Test
    void refusesAWorkloadThatIsNotThere() throws Exception {
        Launcher.Run run = start("--only", "simple,complicated");
        assertThat(run.awaitExit()).isEqualTo(2);
        assertThat(run.errors()).contains("no workload is called complicated");
    }

    @Test
    void endsOnASignalWithoutLeavingAnythingBehind() throws Exception {
        Launcher.Run run = start("--only", "simple", "--warm-up", "60");
        run.awaitError("warms up");
        run.send("INT");
        run.awaitExit();
        assertThat(run.errors()).contains("Stopped.");
        await().atMost(Launcher.PATIENCE).until(this::leftovers, count -> count == 0);
    }

    private long leftovers() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("weir-(demo|bench)-.*"))
                    .count();
        }
    }
}
