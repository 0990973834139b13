package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What workloads are run with.
///
/// @param directory for their files
/// @param pgbench the program, null where it is not installed
record Tools(Path directory, @Nullable Path pgbench) {

    /// An empty directory.
    Path newDirectory(String name) throws BenchFailed {
        try {
            return Files.createTempDirectory(directory, name);
        } catch (IOException e) {
            throw new BenchFailed("no directory can be made: " + e.getMessage(), e);
        }
    }

    /// A file with this text.
    Path script(String name, String text) throws BenchFailed {
        try {
            return Files.writeString(directory.resolve(name + ".sql"), text);
        } catch (IOException e) {
            throw new BenchFailed("no file can be written: " + e.getMessage(), e);
        }
    }
}
