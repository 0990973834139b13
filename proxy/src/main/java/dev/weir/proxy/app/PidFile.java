package dev.weir.proxy.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file that names this process to scripts and keeps a second one from starting with the same configuration.
///
/// A file left by a process that is gone is replaced. [#close] removes the file if it still names this process.
/// Not thread-safe: taken and closed by the main thread.
public final class PidFile implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(PidFile.class);
    private static final int LENGTH_MAX = 64;

    private final Path file;
    private final long pid;

    private PidFile(Path file, long pid) {
        this.file = file;
        this.pid = pid;
    }

    /// Writes the pid of this process.
    ///
    /// @throws StartupFailed if a live process holds the file, or it cannot be written
    public static PidFile take(Path file) throws StartupFailed {
        long own = ProcessHandle.current().pid();
        try {
            OptionalLong holder = holder(file);
            if (holder.isPresent() && holder.getAsLong() != own && isAlive(holder.getAsLong())) {
                throw new StartupFailed(
                        "pidfile %s exists, another instance running? (pid %d)".formatted(file, holder.getAsLong()));
            }
            if (Files.deleteIfExists(file)) {
                LOGGER.info("stale pidfile {}, removing", file);
            }
            Files.writeString(file, own + "\n", StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
            return new PidFile(file, own);
        } catch (FileAlreadyExistsException e) {
            throw new StartupFailed("pidfile %s was just written by another instance".formatted(file), e);
        } catch (IOException e) {
            throw new StartupFailed("could not write pidfile %s: %s".formatted(file, reason(e)), e);
        }
    }

    /// Prepares to replace a file that names the process from which this one takes over; [#claim()] does it.
    ///
    /// @throws StartupFailed if the file cannot be written
    public static PidFile succeed(Path file) throws StartupFailed {
        long own = ProcessHandle.current().pid();
        PidFile prepared = new PidFile(file, own);
        try {
            Files.writeString(prepared.draft(), own + "\n", StandardCharsets.US_ASCII);
            return prepared;
        } catch (IOException e) {
            throw new StartupFailed("could not write pidfile %s: %s".formatted(file, reason(e)), e);
        }
    }

    /// Puts the prepared file in the place of the old one.
    public void claim() {
        try {
            Files.move(draft(), file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOGGER.error("could not write pidfile {}: {}", file, reason(e));
        }
    }

    private Path draft() {
        return file.resolveSibling(file.getFileName() + "." + pid);
    }

    /// Who holds the file now; nobody when it is missing or holds no number.
    private static OptionalLong holder(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(LENGTH_MAX), StandardCharsets.US_ASCII).strip();
            return OptionalLong.of(Long.parseLong(text));
        } catch (NoSuchFileException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such directory" : String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        try {
            OptionalLong holder = holder(file);
            if (holder.isPresent() && holder.getAsLong() == pid) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(draft());
        } catch (IOException e) {
            LOGGER.warn("could not remove pidfile {}: {}", file, reason(e));
        }
    }
}
