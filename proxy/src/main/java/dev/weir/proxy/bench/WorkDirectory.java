package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/// A temporary directory that goes away with this process, however that ends: a shell that holds a pipe to us removes
/// it. Others may pass through, for poolers may run under another name.
final class WorkDirectory implements AutoCloseable {

    private static final String GUARD = "trap '' HUP INT TERM; read -r _; rm -rf \"$1\"";
    private static final long PATIENCE_SECONDS = 20;

    private final Path path;
    private final Process guard;

    private WorkDirectory(Path path, Process guard) {
        this.path = path;
        this.guard = guard;
    }

    static WorkDirectory make() throws IOException {
        String told = System.getenv("TMPDIR");
        Path parent = Path.of(told == null || told.isEmpty() ? System.getProperty("java.io.tmpdir") : told);
        Path path = Files.createTempDirectory(
                parent,
                "weir-bench-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Process guard = new ProcessBuilder("sh", "-c", GUARD, "guard", path.toString()).start();
        return new WorkDirectory(path, guard);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            guard.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (IOException _) {
            // The guard is gone, and with it the directory.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
