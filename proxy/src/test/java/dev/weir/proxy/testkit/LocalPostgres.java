package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL whose processes, directory and Unix socket are this machine's own, run from the embedded programs.
public final class LocalPostgres implements TestPostgres, AutoCloseable {
    private static final Map<Integer, LocalPostgres> SHARED = new ConcurrentHashMap<>();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int START_ATTEMPTS = 5;

    private final int majorVersion;
    private final Path programs;
    private final Path directory;
    private final Map<String, String> settings;
    private int port;
    private @Nullable Process server;

    private LocalPostgres(int majorVersion, Map<String, String> settings) {
        this.majorVersion = majorVersion;
        this.programs = PostgresBinaries.of(majorVersion).resolve("bin");
        this.directory = Scratch.directory("pgdata-" + majorVersion);
        this.settings = settings;
        Scratch.atExit(this::close);
    }

    /// The one of this version that all tests share.
    static LocalPostgres shared(int majorVersion) {
        return SHARED.computeIfAbsent(majorVersion, version -> start(version, Map.of()));
    }

    static LocalPostgres start(int majorVersion, Map<String, String> settings) {
        LocalPostgres postgres = new LocalPostgres(majorVersion, settings);
        postgres.initialise();
        postgres.start();
        postgres.createAccounts();
        return postgres;
    }

    /// Gives a directory and its files to the account that servers run as.
    public static void readableForServers(Path directory) {
        Privileges.handOver(directory);
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(Privileges::handOver);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void initialise() {
        Privileges.handOver(directory);
        run(
                programs.resolve("initdb").toString(),
                "--pgdata=" + data(),
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        write("pg_hba.conf", Accounts.hbaLines("127.0.0.1/32"));
    }

    /// Starts it again after [#stop] or [#kill], on the same port as before.
    public void start() {
        for (int attempt = 1; server == null; attempt++) {
            if (port == 0) {
                port = freePort();
            }
            write("postgresql.conf", configuration());
            server = launch();
            if (!becomesReady(server)) {
                server = null;
                if (attempt == START_ATTEMPTS) {
                    throw new IllegalStateException("PostgreSQL does not start:\n" + log());
                }
                port = 0;
            }
        }
    }

    private Process launch() {
        List<String> line =
                Privileges.dropped(List.of(programs.resolve("postgres").toString(), "-D", data().toString()));
        try {
            return new ProcessBuilder(line)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("server.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean becomesReady(Process process) {
        Awaitility.await("start of PostgreSQL")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive() || accepts());
        return process.isAlive();
    }

    /// Whether it lets somebody in right now.
    public boolean accepts() {
        if (!Files.exists(((Endpoint.Unix) unix()).address().getPath())) {
            return false;
        }
        try (RawClient client = RawClient.open(unix())) {
            return client.tryLogin(Accounts.SUPERUSER.to("postgres")).getLast().type() == 'Z';
        } catch (UncheckedIOException | AssertionError e) {
            return false;
        }
    }

    private List<String> configuration() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_addresses", "'127.0.0.1'");
        all.put("port", String.valueOf(port));
        all.put("unix_socket_directories", "'" + directory + "'");
        all.putAll(TestPostgres.quickSettings(majorVersion));
        all.putAll(settings);
        List<String> lines = new ArrayList<>();
        all.forEach((name, value) -> lines.add(name + " = " + value));
        return lines;
    }

    /// Stops it as an orderly administrator does, ending all sessions with 57P01.
    public void stop() {
        end("INT");
    }

    /// Ends it at once, as a crash would: the sessions get no farewell that can be relied on.
    public void kill() {
        end("QUIT");
    }

    /// Stops and starts it.
    public void restart() {
        stop();
        start();
    }

    private void end(String signal) {
        Process process = server;
        if (process == null) {
            return;
        }
        signal(process.pid(), signal);
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server = null;
    }

    /// Freezes one backend; [#thaw] it before the test ends.
    public void freeze(long backendPid) {
        signal(backendPid, "STOP");
    }

    /// Lets a frozen backend go on.
    public void thaw(long backendPid) {
        signal(backendPid, "CONT");
    }

    /// Freezes the whole server so that it neither accepts nor answers; [#thaw] it before the test ends.
    public void freeze() {
        everyProcess("STOP");
    }

    /// Lets the whole frozen server go on.
    public void thaw() {
        everyProcess("CONT");
    }

    private void everyProcess(String signal) {
        Process process = server;
        if (process == null) {
            throw new IllegalStateException("not running");
        }
        process.descendants().forEach(child -> signal(child.pid(), signal));
        signal(process.pid(), signal);
    }

    /// Kills one backend with SIGKILL, upon which PostgreSQL restarts all of them.
    public void killBackend(long backendPid) {
        signal(backendPid, "KILL");
    }

    private static void signal(long pid, String name) {
        execute(List.of("kill", "-" + name, String.valueOf(pid)), null);
    }

    @Override
    public int port() {
        return port;
    }

    /// The Unix socket.
    public Endpoint unix() {
        return Endpoint.socketIn(directory, port);
    }

    /// The directory of the Unix socket.
    public Path socketDirectory() {
        return directory;
    }

    @Override
    public int majorVersion() {
        return majorVersion;
    }

    @Override
    public RawClient superuser(String database) {
        return RawClient.connect(unix(), Accounts.SUPERUSER.to(database));
    }

    /// What the server has written to its log.
    public String log() {
        try {
            Path file = directory.resolve("server.log");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private void write(String name, List<String> lines) {
        try {
            Files.write(data().resolve(name), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(String... command) {
        execute(Privileges.dropped(List.of(command)), directory);
    }

    private static void execute(List<String> line, @Nullable Path directory) {
        try {
            ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
            if (directory != null) {
                builder.directory(directory.toFile());
            }
            Process process = builder.start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(line + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the server and removes its files.
    @Override
    public void close() {
        end("QUIT");
        Scratch.delete(directory);
    }
}
