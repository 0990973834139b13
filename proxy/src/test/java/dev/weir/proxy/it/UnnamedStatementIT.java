package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.app.Pooler;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An unnamed statement lives until its client prepares another or sends a simple query, whatever others do meanwhile
/// on the one server that all share.
final class UnnamedStatementIT {

    private final TestPostgres postgres = TestPostgres.shared();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private Pooler pooler;

    @SuppressWarnings("NullAway.Init")
    private RawClient client;

    @SuppressWarnings("NullAway.Init")
    private RawClient other;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(directory.resolve("users.txt"), "\"app\" \"app-secret\"\n");
        Path file = Files.writeString(directory.resolve("weir.ini"), """
            [databases]
            app = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = 0
            unix_socket_dir =
            console_listen_port = 0
            metrics_listen_port = 0
            auth_type = scram-sha-256
            auth_file = users.txt
            pool_mode = transaction
            default_pool_size = 1
            workers = 1
            """.formatted(postgres.port()));
        Loaded loaded = ConfigLoader.load(file, Map.of());
        WeirConfig config = loaded.config();
        if (config == null) {
            throw new AssertionError(loaded.problems().toString());
        }
        pooler = Pooler.start(config, file, Map.of());
        InetSocketAddress address = (InetSocketAddress) pooler.listenAddresses().getFirst();
        Endpoint endpoint = Endpoint.loopback(address.getPort());
        client = RawClient.connect(endpoint, Accounts.APP);
        other = RawClient.connect(endpoint, Accounts.APP.with("application_name", "other"));
        client.send(Frontend.parse("", "SELECT 'mine'"), Frontend.sync()).expect("1Z");
    }

    @AfterEach
    void stop() {
        List.of(client, other).forEach(RawClient::hangUp);
        pooler.shutdown(ShutdownMode.IMMEDIATE);
        pooler.termination().toCompletableFuture().join();
    }

    @Test
    void outlivesItsTransaction() {
        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void outlivesTheStatementOfAnother() {
        other.extended("SELECT 'theirs'");

        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void outlivesTheSimpleQueryOfAnother() {
        other.run("SELECT 'theirs'");

        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void outlivesTheSettingsOfAnother() {
        other.send(Frontend.parse("s", "SELECT 1"), Frontend.sync()).expect("1Z");

        assertThat(bound()).isEqualTo("mine");
    }

    @Test
    void endsWithASimpleQueryOfItsOwn() {
        client.run("SELECT 1");

        client.send(Frontend.bind("", ""), Frontend.sync());
        assertThat(client.expect("EZ").getFirst().sqlState()).isEqualTo("26000");
    }

    private String bound() {
        client.send(Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync());
        List<Message> answers = client.expect("2DCZ");
        return String.valueOf(answers.get(1).columns().getFirst());
    }
}
