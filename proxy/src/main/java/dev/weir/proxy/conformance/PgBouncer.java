package dev.weir.proxy.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The PgBouncer that is installed on this machine, beside Weir: two servers, transaction mode, prepared statements
/// switched on where its version has them. It ends with this process, however that ends: a shell that holds a pipe to
/// us stops it.
final class PgBouncer implements AutoCloseable {

    private static final Pattern VERSION = Pattern.compile("PgBouncer ([0-9]+)\\.([0-9]+)[0-9.a-z-]*");
    /// The minor version of 1 from which on it follows prepared statements.
    private static final int WITH_PREPARED_STATEMENTS = 21;

    private static final Duration START = Duration.ofSeconds(10);
    private static final String GUARD = "trap '' HUP INT TERM; \"$@\" </dev/null & read -r _; kill -INT $!; wait";
    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/usr/local/bin"), Path.of("/usr/bin"));

    private final Process guard;
    private final String label;
    private final InetSocketAddress address;

    private PgBouncer(Process guard, String label, InetSocketAddress address) {
        this.guard = guard;
        this.label = label;
        this.address = address;
    }

    /// Starts it; null if it is not installed, or does not start, or is no PgBouncer.
    ///
    /// @param directory for its files
    /// @param database the line of its section `[databases]`
    /// @param user who may log in, without a password
    /// @param account of this machine, to become when this is root
    static @Nullable PgBouncer startIfInstalled(Path directory, String database, String user, String account)
            throws IOException {
        Path program = program();
        String version = program == null ? null : version(program);
        if (program == null || version == null) {
            return null;
        }
        int port = freePort();
        Path home = Files.createDirectory(
                directory.resolve("pgbouncer"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path users = Files.writeString(home.resolve("userlist.txt"), "\"%s\" \"\"%n".formatted(user));
        Path file = Files.writeString(
                home.resolve("pgbouncer.ini"), """
                    [databases]
                    %s
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = trust
                    auth_file = %s
                    pool_mode = transaction
                    default_pool_size = 2
                    max_client_conn = 200
                    ignore_startup_parameters = extra_float_digits,options
                    server_reset_query = DISCARD ALL
                    %s
                    """.formatted(database, port, users, preparedStatements(version)));
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "guard", program.toString()));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", account));
        }
        command.add(file.toString());
        Process guard = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        PgBouncer started =
                new PgBouncer(guard, version, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        if (started.accepts()) {
            return started;
        }
        started.close();
        return null;
    }

    private static String preparedStatements(String version) {
        Matcher matcher = VERSION.matcher(version);
        boolean has = matcher.matches() && Integer.parseInt(matcher.group(2)) >= WITH_PREPARED_STATEMENTS;
        return has ? "max_prepared_statements = 200" : "";
    }

    private static @Nullable Path program() {
        String path = System.getenv("PATH") == null ? "" : System.getenv("PATH");
        return Stream.concat(
                        Stream.of(path.split(":"))
                                .filter(folder -> !folder.isEmpty())
                                .map(Path::of),
                        FOLDERS.stream())
                .map(folder -> folder.resolve("pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /// "PgBouncer 1.25.2", null if it is something else that has this name.
    private static @Nullable String version(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher matcher = VERSION.matcher(said);
        return matcher.find() ? matcher.group() : null;
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private boolean accepts() {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            try (Socket socket = new Socket()) {
                socket.connect(address);
                return true;
            } catch (IOException _) {
                if (ended(Duration.ofMillis(50))) {
                    return false;
                }
            }
        }
        return false;
    }

    private boolean ended(Duration within) {
        try {
            return guard.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Its name and version.
    String label() {
        return label;
    }

    /// Where it listens.
    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
        } catch (IOException _) {
            // It is gone already.
        }
        if (!ended(START)) {
            guard.destroyForcibly();
        }
    }
}
