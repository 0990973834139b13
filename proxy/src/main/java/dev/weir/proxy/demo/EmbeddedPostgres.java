package dev.weir.proxy.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL that lives in a temporary directory for as long as this process, with sample tables in it. It listens
/// on a Unix socket in that directory and nowhere else.
///
/// A shell outside of this process (`guard.sh`) starts it and holds a pipe to us: when the pipe ends, by [#close] or by
/// the death of this process, the shell stops the server and removes the directory.
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String READY = "database system is ready to accept connections";
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final int LINES_TOLD = 20;

    /// The port that its socket is named by.
    public static final int PORT = 5432;

    private final Account account;
    private final Path directory;
    private final Process guard;
    private final OutputStream toGuard;

    private EmbeddedPostgres(Account account, Path directory, Process guard) {
        this.account = account;
        this.directory = directory;
        this.guard = guard;
        this.toGuard = guard.getOutputStream();
    }

    /// Unpacks, makes, fills and starts a server, and returns when it takes connections.
    ///
    /// @param options more words for its command line; none has a blank in it
    /// @throws DemoFailed if it cannot be started here; nothing is left behind then
    public static EmbeddedPostgres start(List<String> options) throws DemoFailed {
        Account account = Account.choose();
        try {
            Path directory = newDirectory();
            EmbeddedPostgres postgres = new EmbeddedPostgres(account, directory, startGuard(directory, account));
            try {
                postgres.fill(options);
                return postgres;
            } catch (IOException | DemoFailed e) {
                postgres.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DemoFailed("PostgreSQL cannot be started: " + describe(e), e);
        }
    }

    /// Java's own message for a file that may not be written is just its name.
    private static String describe(IOException e) {
        return e instanceof AccessDeniedException
                ? "permission denied for " + e.getMessage()
                : e instanceof NoSuchFileException
                        ? "no such directory: " + e.getMessage()
                        : String.valueOf(e.getMessage());
    }

    /// The account of this machine that one would run as: the user's own unless that is root.
    ///
    /// @throws DemoFailed if this is root and there is no other account or no way to become it
    public static String unprivilegedAccount() throws DemoFailed {
        return Account.choose().name();
    }

    /// The account of this machine that it runs as, and that alone may use its socket besides root.
    public String account() {
        return account.name();
    }

    /// The directory of its Unix socket.
    public Path socketDirectory() {
        return directory.resolve("socket");
    }

    /// A directory for other files, which goes away with it.
    public Path directory() {
        return directory;
    }

    private static Path newDirectory() throws IOException {
        String told = System.getenv("TMPDIR");
        Path parent = Path.of(told == null || told.isEmpty() ? System.getProperty("java.io.tmpdir") : told);
        // Others may pass through, for the server may run under another name; data and socket are closed to them.
        return Files.createTempDirectory(
                parent,
                "weir-demo-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private static Process startGuard(Path directory, Account account) throws IOException {
        Path script = directory.resolve("guard.sh");
        Files.write(script, resource("guard.sh"));
        List<String> command = new ArrayList<>(List.of("sh", script.toString(), directory.toString()));
        command.addAll(account.prefix());
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private void fill(List<String> options) throws IOException, DemoFailed {
        PostgresArchive.unpack(directory.resolve("postgres"));
        for (String script : List.of("postgres.sql", "demo.sql")) {
            Files.write(directory.resolve(script), resource(script));
        }
        tellGuard("account " + account.name());
        tellGuard("start " + String.join(" ", options));
        awaitReady();
    }

    private void tellGuard(String line) throws IOException {
        toGuard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        toGuard.flush();
    }

    private void awaitReady() throws IOException, DemoFailed {
        BufferedReader output = guard.inputReader(StandardCharsets.UTF_8);
        List<String> said = new ArrayList<>();
        String line = output.readLine();
        while (line != null && !line.contains(READY)) {
            LOGGER.debug("postgres: {}", line);
            if (said.size() < LINES_TOLD) {
                said.add(line);
            }
            line = output.readLine();
        }
        if (line == null) {
            throw new DemoFailed("PostgreSQL did not start:\n  " + String.join("\n  ", said));
        }
        Thread.ofVirtual().name("postgres log").start(() -> readOn(output));
    }

    /// A pipe that nobody reads would stop the server as soon as it is full.
    private static void readOn(BufferedReader output) {
        try {
            String line = output.readLine();
            while (line != null) {
                LOGGER.debug("postgres: {}", line);
                line = output.readLine();
            }
        } catch (IOException e) {
            LOGGER.debug("postgres says no more", e);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = EmbeddedPostgres.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the resource " + name + " is missing");
            }
            return in.readAllBytes();
        }
    }

    /// Stops the server and removes its directory.
    @Override
    public void close() {
        try {
            toGuard.close();
            if (!guard.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.warn("PostgreSQL in {} is still stopping", directory);
            }
        } catch (IOException e) {
            LOGGER.warn("the guard of {} is gone: {}", directory, e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
