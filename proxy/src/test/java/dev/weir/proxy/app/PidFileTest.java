package dev.weir.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PidFileTest {

    @TempDir
    private Path directory;

    @Test
    void holdsOwnPidUntilClosed() throws Exception {
        Path file = directory.resolve("weir.pid");
        try (PidFile _ = PidFile.take(file)) {
            assertThat(file).content().isEqualTo(ProcessHandle.current().pid() + System.lineSeparator());
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesWhileTheProcessNamedInItLives() throws Exception {
        Path file = directory.resolve("weir.pid");
        Process other = new ProcessBuilder("cat").start();
        try {
            Files.writeString(file, other.pid() + "\n");
            assertThatThrownBy(() -> PidFile.take(file))
                    .isInstanceOf(StartupFailed.class)
                    .hasMessageContaining("another instance running")
                    .hasMessageContaining(String.valueOf(other.pid()));
            assertThat(file).content().isEqualTo(other.pid() + "\n");
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void replacesAFileWhoseProcessIsGone() throws Exception {
        Path file = directory.resolve("weir.pid");
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(file, gone.pid() + "\n");
        try (PidFile _ = PidFile.take(file)) {
            assertThat(file)
                    .content()
                    .startsWith(String.valueOf(ProcessHandle.current().pid()));
        }
    }

    @Test
    void replacesAFileThatHoldsNoNumber() throws Exception {
        Path file = directory.resolve("weir.pid");
        Files.writeString(file, "nonsense ".repeat(1000));
        try (PidFile _ = PidFile.take(file)) {
            assertThat(file)
                    .content()
                    .startsWith(String.valueOf(ProcessHandle.current().pid()));
        }
    }

    @Test
    void leavesAFileAloneThatAnotherProcessHasTakenOver() throws Exception {
        Path file = directory.resolve("weir.pid");
        PidFile ours = PidFile.take(file);
        Files.writeString(file, "1\n");
        ours.close();
        assertThat(file).content().isEqualTo("1\n");
    }

    @Test
    void saysWhyTheFileCannotBeWritten() throws IOException {
        Path file = directory.resolve("missing/weir.pid");
        assertThatThrownBy(() -> PidFile.take(file))
                .isInstanceOf(StartupFailed.class)
                .hasMessageContaining("no such directory");
    }

    @Test
    void aSuccessorLeavesTheFileAloneUntilItClaimsIt() throws Exception {
        Path file = directory.resolve("weir.pid");
        Process other = new ProcessBuilder("cat").start();
        try {
            Files.writeString(file, other.pid() + "\n");
            try (PidFile _ = PidFile.succeed(file)) {
                assertThat(file).content().isEqualTo(other.pid() + "\n");
            }
            assertThat(file).content().isEqualTo(other.pid() + "\n");
            assertThat(directory).isDirectoryNotContaining("glob:**weir.pid.*");
            try (PidFile successor = PidFile.succeed(file)) {
                successor.claim();
                assertThat(file).content().isEqualTo(ProcessHandle.current().pid() + "\n");
            }
            assertThat(directory).isEmptyDirectory();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }
}
