package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds programs that may be installed.
final class Programs {

    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/usr/local/bin"), Path.of("/usr/bin"));
    private static final Path DEBIANS_POSTGRES = Path.of("/usr/lib/postgresql");

    private Programs() {}

    /// Looks on the PATH, in the usual folders, and where Debian keeps PostgreSQL's programs, the newest first.
    static @Nullable Path find(String name) {
        List<Path> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            Stream.of(path.split(":"))
                    .filter(folder -> !folder.isEmpty())
                    .map(Path::of)
                    .forEach(folders::add);
        }
        folders.addAll(FOLDERS);
        folders.addAll(versions(DEBIANS_POSTGRES));
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static List<Path> versions(Path folder) {
        try (Stream<Path> versions = Files.list(folder)) {
            return versions.sorted(Comparator.reverseOrder())
                    .map(version -> version.resolve("bin"))
                    .toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /// The first line that a program says of its version; empty if it cannot be run.
    static String version(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines().findFirst().orElse("").strip();
        } catch (IOException _) {
            return "";
        }
    }
}
