package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `weir conformance` from the packaged distribution; what it checks has a test of its own.
final class ConformanceCommandIT {

    @TempDir
    private Path directory;

    @Test
    void checksItsOwnPostgresAndWeir() throws Exception {
        // Root's PostgreSQL runs under another name, which must be let through to its files.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Launcher.Run run = new Launcher(Launcher.ofThisBuild(), directory)
                .start(
                        Map.of("TMPDIR", directory.toString()),
                        "conformance",
                        "--only",
                        "queries.empty",
                        "--only",
                        "prepared.named");

        assertThat(run.awaitExit()).as("%s %s", run.output(), run.errors()).isZero();
        assertThat(run.output())
                .containsPattern("queries.empty +ok +ok")
                .containsPattern("prepared.named +ok +ok")
                .containsPattern("passed +2/2 100 % +2/2 100 %");
    }
}
