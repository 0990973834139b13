package dev.weir.proxy.conformance;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.app.Pooler;
import dev.weir.proxy.app.StartupFailed;
import dev.weir.proxy.demo.DemoFailed;
import dev.weir.proxy.demo.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything to compare on this machine: an embedded PostgreSQL, Weir in this process with two servers in transaction
/// mode, and PgBouncer in the same way where it is installed. Started and closed by one thread.
public final class LocalTargets implements AutoCloseable {

    private static final String USER = "postgres";
    private static final String DATABASE = "demo";
    private static final List<String> OPTIONS = List.of("-c", "max_prepared_transactions=10");

    private final EmbeddedPostgres postgres;
    private final Pooler pooler;
    private final @Nullable PgBouncer pgbouncer;

    private LocalTargets(EmbeddedPostgres postgres, Pooler pooler, @Nullable PgBouncer pgbouncer) {
        this.postgres = postgres;
        this.pooler = pooler;
        this.pgbouncer = pgbouncer;
    }

    /// Starts them; takes some seconds.
    ///
    /// @throws ConformanceFailed if PostgreSQL or Weir cannot be started here; nothing is left behind then
    public static LocalTargets start() throws ConformanceFailed {
        EmbeddedPostgres postgres;
        try {
            postgres = EmbeddedPostgres.start(OPTIONS);
        } catch (DemoFailed e) {
            throw new ConformanceFailed(String.valueOf(e.getMessage()), e);
        }
        try {
            Pooler pooler = pooler(postgres);
            PgBouncer pgbouncer =
                    PgBouncer.startIfInstalled(postgres.directory(), databaseLine(postgres), USER, postgres.account());
            return new LocalTargets(postgres, pooler, pgbouncer);
        } catch (IOException | StartupFailed e) {
            postgres.close();
            throw new ConformanceFailed("Weir cannot be started: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            postgres.close();
            throw e;
        }
    }

    private static Pooler pooler(EmbeddedPostgres postgres) throws IOException, StartupFailed {
        Path file = postgres.directory().resolve("weir-conformance.toml");
        Files.writeString(file, """
            [weir]
            listen_addr = ["127.0.0.1"]
            listen_port = 0
            unix_socket_dir = ""
            auth_type = "trust"
            pool_mode = "transaction"
            default_pool_size = 2
            console_listen_port = 0
            metrics_listen_port = 0

            [databases.%s]
            host = "%s"
            port = %d

            [users.%s]
            password = "not asked for"
            """.formatted(DATABASE, postgres.socketDirectory(), EmbeddedPostgres.PORT, USER));
        Loaded loaded = ConfigLoader.load(file, Map.of());
        WeirConfig config = loaded.config();
        if (config == null) {
            throw new IllegalStateException("the configuration is wrong: " + loaded.problems());
        }
        return Pooler.start(config, file, Map.of());
    }

    private static String databaseLine(EmbeddedPostgres postgres) {
        return "%s = host=%s port=%d".formatted(DATABASE, postgres.socketDirectory(), EmbeddedPostgres.PORT);
    }

    /// What to check: PostgreSQL itself, Weir, and PgBouncer if it runs.
    public List<Target> all() {
        List<Target> all = new ArrayList<>(List.of(direct(), weir()));
        if (pgbouncer != null) {
            all.add(new Target(pgbouncer.label(), pgbouncer.address(), USER, null, DATABASE));
        }
        return all;
    }

    /// PostgreSQL without anything between.
    public Target direct() {
        return new Target(
                "PostgreSQL",
                UnixDomainSocketAddress.of(postgres.socketDirectory().resolve(".s.PGSQL." + EmbeddedPostgres.PORT)),
                USER,
                null,
                DATABASE);
    }

    /// The Weir of this process.
    public Target weir() {
        InetSocketAddress address = pooler.listenAddresses().stream()
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .findFirst()
                .orElseThrow();
        return new Target("Weir", address, USER, null, DATABASE);
    }

    /// Stops them all.
    @Override
    public void close() {
        if (pgbouncer != null) {
            pgbouncer.close();
        }
        pooler.shutdown(ShutdownMode.IMMEDIATE)
                .thenCompose(_ -> pooler.termination())
                .toCompletableFuture()
                .join();
        postgres.close();
    }
}
