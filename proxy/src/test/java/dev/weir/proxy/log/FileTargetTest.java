package dev.weir.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTargetTest {

    private static final Instant START = Instant.parse("2026-07-10T12:00:00Z");

    @TempDir
    private Path directory;

    private final List<String> complaints = new ArrayList<>();

    private final LogTarget stderr = new LogTarget() {
        @Override
        public void write(LogLine line) {
            complaints.add(line.severity() + " " + line.text());
        }

        @Override
        public void close() {}
    };

    @Test
    void appendsEachLineAtOnce() throws IOException {
        Path file = directory.resolve("weir.log");
        Files.writeString(file, "before\n");
        try (FileTarget target = new FileTarget(file, stderr)) {
            target.write(line(START, "one"));
            assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("before");
            target.write(line(START, "two"));
            assertThat(Files.readAllLines(file)).hasSize(3).last().asString().endsWith(" LOG two");
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void complainsOnceAboutAMissingDirectoryAndWritesOnceItIsThere() throws IOException {
        Path file = directory.resolve("later/weir.log");
        try (FileTarget target = new FileTarget(file, stderr)) {
            target.write(line(START, "one"));
            target.write(line(START.plusSeconds(1), "two"));
            target.write(line(START.plusSeconds(10), "three"));
            assertThat(complaints).containsExactly("WARNING logfile " + file + " cannot be written: no such directory");
            Files.createDirectories(file.getParent());
            target.write(line(START.plusSeconds(20), "four"));
            assertThat(complaints).last().isEqualTo("LOG logfile " + file + " can be written again");
        }
        assertThat(Files.readAllLines(file)).singleElement().asString().endsWith("four");
    }

    @Test
    void survivesAFullDisk() {
        Path full = Path.of("/dev/full");
        try (FileTarget target = new FileTarget(full, stderr)) {
            target.write(line(START, "one"));
            target.write(line(START, "two"));
        }
        assertThat(complaints).singleElement().asString().startsWith("WARNING logfile /dev/full cannot be written: ");
    }

    private static LogLine line(Instant instant, String text) {
        return new LogLine(instant, Severity.LOG, text);
    }
}
