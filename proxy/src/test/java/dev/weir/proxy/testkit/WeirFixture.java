package dev.weir.proxy.testkit;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.app.Pooler;
import dev.weir.proxy.app.StartupFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A pooler in this JVM on a free port and a Unix socket, started from a configuration file as a user would write it.
/// Closing it shuts it down at once and fails if that does not work.
public final class WeirFixture implements AutoCloseable {
    /// The user of the console.
    public static final Login ADMIN = new Login("weir_admin", "admin-secret", "pgbouncer");

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Setup setup;
    private final Path directory;
    private final Pooler pooler;
    private final InetSocketAddress address;

    private WeirFixture(Setup setup, Path directory, Pooler pooler) {
        this.setup = setup;
        this.directory = directory;
        this.pooler = pooler;
        this.address = pooler.listenAddresses().stream()
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /// A configuration with the two databases of this server and all accounts.
    public static Setup over(TestPostgres postgres) {
        return new Setup()
                .database(Accounts.DATABASE, "host=127.0.0.1 port=" + postgres.port())
                .database(Accounts.OTHER_DATABASE, "host=127.0.0.1 port=" + postgres.port());
    }

    /// A configuration whose main database is served on this port of the loopback interface, by something that answers
    /// what it expects and nothing else.
    public static Setup overPort(int port) {
        return new Setup()
                .database(Accounts.DATABASE, "host=127.0.0.1 port=" + port)
                .set("function_survey_interval", "0");
    }

    /// The TCP address for clients.
    public Endpoint tcp() {
        return Endpoint.loopback(address.getPort());
    }

    /// The Unix socket for clients.
    public Endpoint unix() {
        return Endpoint.socketIn(directory, address.getPort());
    }

    /// The port for clients.
    public int port() {
        return address.getPort();
    }

    /// The directory of the configuration file and the Unix socket.
    public Path directory() {
        return directory;
    }

    /// The running pooler itself.
    public Pooler pooler() {
        return pooler;
    }

    /// A client that is logged in over TCP.
    public RawClient connect(Login login) {
        return RawClient.connect(tcp(), login);
    }

    /// A console session of an admin.
    public RawClient console() {
        return RawClient.connect(tcp(), ADMIN);
    }

    /// Changes what stands in the configuration file and has it read anew.
    public void reload(Consumer<Setup> change) {
        reload(change, tcp());
    }

    /// The same for a pooler that shares its port.
    public void reloadUnix(Consumer<Setup> change) {
        reload(change, unix());
    }

    private void reload(Consumer<Setup> change, Endpoint endpoint) {
        change.accept(setup);
        try (RawClient console = RawClient.connect(endpoint, ADMIN)) {
            setup.write(directory, file(directory));
            console.run("RELOAD");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(Path directory) {
        return directory.resolve("weir.ini");
    }

    /// The row of SHOW POOLS for a database and user by column name; empty while there is no such pool.
    public Map<String, String> pool(String database, String user) {
        try (RawClient console = RawClient.connect(unix(), ADMIN)) {
            return Shown.rows(console, "SHOW POOLS").stream()
                    .filter(row -> database.equals(row.get("database")) && user.equals(row.get("user")))
                    .findFirst()
                    .orElse(Map.of());
        }
    }

    /// Waits until a column of a pool's row in SHOW POOLS has a value.
    public void awaitPool(String database, String user, String column, String value) {
        Awaitility.await(column + " = " + value)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> pool(database, user).getOrDefault(column, "0"), value::equals);
    }

    /// Shuts down at once.
    @Override
    public void close() {
        try {
            pooler.shutdown(ShutdownMode.IMMEDIATE)
                    .thenCompose(ordered -> pooler.termination())
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the pooler does not shut down", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Scratch.delete(directory);
        }
    }

    /// What will stand in the configuration file.
    public static final class Setup {
        private final Map<String, String> global = new LinkedHashMap<>();
        private final Map<String, String> databases = new LinkedHashMap<>();
        private final Map<String, String> users = new LinkedHashMap<>();
        private final Map<String, String> peers = new LinkedHashMap<>();
        private final Map<String, String> secrets = new LinkedHashMap<>();
        private final Map<String, String> files = new LinkedHashMap<>();

        private Setup() {
            set("listen_addr", "127.0.0.1");
            set("listen_port", "0");
            set("console_listen_port", "0");
            set("metrics_listen_port", "0");
            set("compatibility", "weir");
            set("worker_use", "spread"); // what goes wrong between event loops is to show in every test
            set("auth_type", "scram-sha-256");
            set("admin_users", ADMIN.user());
            set("pool_mode", "transaction");
            set("max_client_conn", "1000");
            set("default_pool_size", "4");
            set("server_login_retry", "1");
            secret(ADMIN.user(), ADMIN.password());
            Accounts.ALL.forEach(account -> secret(account.user(), account.password()));
            secret(Accounts.REJECTED.user(), Accounts.REJECTED.password());
        }

        /// A key of the section `[pgbouncer]`.
        public Setup set(String key, String value) {
            global.put(key, value);
            return this;
        }

        /// A line of the section `[databases]`, in place of an earlier one of that name.
        public Setup database(String name, String connectString) {
            databases.put(name, connectString);
            return this;
        }

        /// More pairs for a line of the section `[databases]`.
        public Setup databaseMore(String name, String pairs) {
            databases.merge(name, pairs, (before, more) -> before + " " + more);
            return this;
        }

        /// A line of the section `[users]`.
        public Setup user(String name, String pairs) {
            users.put(name, pairs);
            return this;
        }

        /// A line of the section `[peers]`.
        public Setup peer(int id, String pairs) {
            peers.put(String.valueOf(id), pairs);
            return this;
        }

        /// A line of the auth file.
        public Setup secret(String user, String secret) {
            secrets.put(user, secret);
            return this;
        }

        /// A file beside the configuration file.
        public Setup file(String name, String text) {
            files.put(name, text);
            return this;
        }

        /// `auth_type = hba` by these rules.
        public Setup hba(String... lines) {
            return set("auth_type", "hba")
                    .set("auth_hba_file", "hba.conf")
                    .file("hba.conf", String.join("\n", lines) + "\n");
        }

        /// Takes a user out of the auth file.
        public Setup withoutSecret(String user) {
            secrets.remove(user);
            return this;
        }

        /// Writes the files and starts the pooler.
        public WeirFixture start() {
            Path directory = Scratch.directory("pooler");
            Path file = WeirFixture.file(directory);
            try {
                write(directory, file);
                Loaded loaded = ConfigLoader.load(file, Map.of());
                @Nullable WeirConfig config = loaded.config();
                if (config == null) {
                    throw new AssertionError("the configuration is refused: " + loaded.problems());
                }
                return new WeirFixture(this, directory, Pooler.start(config, file, Map.of()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (StartupFailed e) {
                throw new AssertionError("the pooler does not start", e);
            }
        }

        /// Writes weir.ini and userlist.txt as they would be started from.
        public void write(Path directory, Path file) throws IOException {
            StringBuilder ini = new StringBuilder("[pgbouncer]\n");
            Map<String, String> all = new LinkedHashMap<>(global);
            all.putIfAbsent("unix_socket_dir", directory.toString());
            all.putIfAbsent("auth_file", directory.resolve("userlist.txt").toString());
            all.forEach(
                    (key, value) -> ini.append(key).append(" = ").append(value).append('\n'));
            section(ini, "databases", databases);
            section(ini, "users", users);
            section(ini, "peers", peers);
            Files.writeString(file, ini);
            List<String> lines = secrets.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + " " + quoted(entry.getValue()))
                    .toList();
            Files.write(directory.resolve("userlist.txt"), lines);
            for (Map.Entry<String, String> more : files.entrySet()) {
                Files.writeString(directory.resolve(more.getKey()), more.getValue());
            }
        }

        private static void section(StringBuilder ini, String name, Map<String, String> lines) {
            ini.append("\n[").append(name).append("]\n");
            lines.forEach(
                    (key, value) -> ini.append(key).append(" = ").append(value).append('\n'));
        }

        private static String quoted(String text) {
            return '"' + text.replace("\"", "\"\"") + '"';
        }
    }
}
