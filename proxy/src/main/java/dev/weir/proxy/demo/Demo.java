package dev.weir.proxy.demo;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.app.Pooler;
import dev.weir.proxy.app.StartupFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/// An embedded PostgreSQL with Weir in front of it in transaction mode, console and metrics included.
///
/// Started and closed by one thread; [#stop] may be called by any.
public final class Demo implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final DemoPorts ports;
    private final Pooler pooler;

    private Demo(EmbeddedPostgres postgres, DemoPorts ports, Pooler pooler) {
        this.postgres = postgres;
        this.ports = ports;
        this.pooler = pooler;
    }

    /// Starts both; takes some seconds.
    ///
    /// @throws DemoFailed if either cannot be started here; nothing is left behind then
    public static Demo start() throws DemoFailed {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(List.of());
        try {
            DemoPorts ports = DemoPorts.choose();
            Path file = postgres.directory().resolve("weir.toml");
            Files.writeString(file, configuration(ports, postgres.socketDirectory()));
            return new Demo(postgres, ports, Pooler.start(load(file), file, Map.of()));
        } catch (IOException | StartupFailed e) {
            postgres.close();
            throw new DemoFailed("Weir cannot be started: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            postgres.close();
            throw e;
        }
    }

    private static WeirConfig load(Path file) {
        Loaded loaded = ConfigLoader.load(file, Map.of());
        WeirConfig config = loaded.config();
        if (config == null) {
            throw new IllegalStateException("the demo's configuration is wrong: " + loaded.problems());
        }
        return config;
    }

    private static String configuration(DemoPorts ports, Path socketDirectory) {
        return """
            [weir]
            listen_addr = ["127.0.0.1"]
            listen_port = %d
            unix_socket_dir = ""
            auth_type = "scram-sha-256"
            pool_mode = "transaction"
            default_pool_size = 20
            max_client_conn = 1000
            admin_users = ["demo"]
            console_listen_addr = ["127.0.0.1"]
            console_listen_port = %d
            console_unix_socket_dir = ""
            metrics_listen_addr = ["127.0.0.1"]
            metrics_listen_port = %d

            [databases.demo]
            host = "%s"
            port = %d

            [users.demo]
            password = "demo"
            """.formatted(ports.clients(), ports.console(), ports.metrics(), socketDirectory, EmbeddedPostgres.PORT);
    }

    /// What to paste into a terminal, a program or a browser.
    public String instructions() {
        String url = "postgresql://demo:demo@127.0.0.1:%d/demo".formatted(ports.clients());
        String console = "postgresql://demo:demo@127.0.0.1:%d/pgbouncer".formatted(ports.console());
        String notes = ports.notes().stream().map(note -> note + "\n").collect(Collectors.joining());
        return notes + """
            PostgreSQL with sample tables is up, and Weir in front of it in transaction mode.

              DATABASE_URL=%1$s

              query    psql %1$s -c 'SELECT count(*) FROM pgbench_accounts'
              load     pgbench -n -S -c 32 -T 10 %1$s
              console  psql %2$s -c 'SHOW POOLS'
              page     http://127.0.0.1:%3$d/
              metrics  http://127.0.0.1:%3$d/metrics

            Ctrl-C ends it and leaves nothing behind.
            """.formatted(url, console, ports.metrics());
    }

    /// Begins to end, at once.
    public void stop() {
        pooler.shutdown(ShutdownMode.IMMEDIATE);
    }

    /// Completes when the pooler has ended, with the exit status for the process.
    public CompletionStage<Integer> termination() {
        return pooler.termination();
    }

    /// Stops PostgreSQL and removes what it left.
    @Override
    public void close() {
        postgres.close();
    }
}
