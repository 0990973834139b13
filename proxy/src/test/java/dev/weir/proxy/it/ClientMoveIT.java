package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.proxy.app.StartupFailed;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.TlsTunnel;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are moved between event loops while they work, and while they do nothing: they must not notice.
@ExtendWith(LeakGuard.class)
final class ClientMoveIT {

    private static final int CLIENTS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestPostgres postgres = TestPostgres.shared(15);

    private WeirFixture.Setup setup(String transport) {
        return WebPages.in(WeirFixture.over(postgres))
                .set("workers", "2")
                .set("transport", transport)
                .set("worker_use", "spread")
                .set("default_pool_size", "3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void whoWorksKeepsItsAnswersItsSettingsAndItsStatements(String transport) throws Exception {
        try (WeirFixture weir = setup(transport).start()) {
            moveWhileWorking(weir, weir.tcp());
        }
    }

    @Test
    void whoIsEncryptedDoesToo() throws Exception {
        PemFiles files = Certificates.write(
                Certificates.directory(),
                "server",
                Certificates.issued(Certificates.server(), Certificates.authority("authority")));
        try (WeirFixture weir = setup("auto")
                        .set("client_tls_sslmode", "allow")
                        .set("client_tls_key_file", files.key().toString())
                        .set("client_tls_cert_file", files.chain().toString())
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port())) {
            moveWhileWorking(weir, tunnel.endpoint());
        }
    }

    private static void moveWhileWorking(WeirFixture weir, Endpoint endpoint) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean enough = new AtomicBoolean();
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String mark = "mover " + i;
                clients.add(threads.submit(() -> work(endpoint, mark, enough)));
            }
            try {
                for (String use : List.of("fill", "spread")) {
                    moveClients(weir, use);
                }
            } finally {
                enough.set(true);
            }
            for (Future<Integer> client : clients) {
                assertThat(client.get(60, TimeUnit.SECONDS)).isPositive();
            }
            weir.awaitPool(Accounts.DATABASE, Accounts.APP.user(), "cl_active", "0");
        }
    }

    /** @return how often it has been round */
    private static int work(Endpoint endpoint, String mark, AtomicBoolean enough) {
        int rounds = 0;
        try (RawClient client = RawClient.connect(endpoint, Accounts.APP.with("application_name", mark))) {
            client.run("SET weir.mark = '" + mark + "'");
            client.send(Frontend.parse("own", "SELECT $1 || current_setting('weir.mark')"), Frontend.sync());
            client.readUntilReady();
            while (!enough.get()) {
                assertThat(client.value("SHOW application_name")).isEqualTo(mark);
                client.send(Frontend.bind("", "own", rounds + " "), Frontend.execute("", 0), Frontend.sync());
                assertThat(client.readUntilReady())
                        .filteredOn(message -> message.type() == 'D')
                        .singleElement()
                        .extracting(Message::columns)
                        .isEqualTo(List.of(rounds + " " + mark));
                client.run("BEGIN");
                assertThat(client.value("SELECT current_setting('weir.mark')")).isEqualTo(mark);
                client.run("COMMIT");
                rounds++;
            }
        }
        return rounds;
    }

    @Test
    void whoIsIdleIsMovedAndServedAfterwards() {
        try (WeirFixture weir = setup("auto").start()) {
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(weir.connect(Accounts.APP));
                }
                clients.forEach(client -> client.run("SELECT 1"));
                moveClients(weir, "fill");
                clients.forEach(
                        client -> assertThat(client.value("SELECT 'filled'")).isEqualTo("filled"));
                moveClients(weir, "spread");
                clients.forEach(
                        client -> assertThat(client.value("SELECT 'spread'")).isEqualTo("spread"));

                RawClient killed = clients.getFirst();
                String id = idOf(weir, killed);
                try (RawClient console = weir.console()) {
                    console.run("KILL_CLIENT " + id);
                }
                assertThat(killed.expectFatal().text()).contains("admin forced disconnect");
            } finally {
                clients.forEach(RawClient::close);
            }
            weir.awaitPool(Accounts.DATABASE, Accounts.APP.user(), "cl_active", "0");
        }
    }

    @Test
    void aCancelRequestFindsWhoHasMoved() throws Exception {
        try (WeirFixture weir = setup("auto").start();
                RawClient one = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            one.run("SELECT 1");
            other.run("SELECT 1");
            moveClients(weir, "fill");
            for (RawClient client : List.of(one, other)) {
                Future<Message> refused = threads.submit(() -> client.error("SELECT pg_sleep(60)"));
                weir.awaitPool(Accounts.DATABASE, Accounts.APP.user(), "sv_active", "1");
                client.cancel();
                assertThat(refused.get(30, TimeUnit.SECONDS).sqlState()).isEqualTo("57014");
                weir.awaitPool(Accounts.DATABASE, Accounts.APP.user(), "sv_active", "0");
            }
        }
    }

    @Test
    void whoComesLaterFillsTheFirstLoop() {
        try (WeirFixture weir = setup("auto").set("worker_use", "fill").start()) {
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(weir.connect(Accounts.APP));
                    clients.getLast().run("SELECT 1");
                }
            } finally {
                clients.forEach(RawClient::close);
            }
            assertThat(total(weir, "weir_servers_moved_total"))
                    .as("all servers are where the clients are")
                    .isZero();
            assertThat(total(weir, "weir_clients_moved_total")).isZero();
        }
    }

    @Test
    void ioUringServesOnOneLoop() {
        assumeTrue(Transport.IO_URING.isAvailable(), "containers often forbid it");
        try (WeirFixture weir = setup("io_uring").set("workers", "0").start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 'ring'")).isEqualTo("ring");
        }
        assertThatThrownBy(() -> setup("io_uring").start())
                .hasRootCauseInstanceOf(StartupFailed.class)
                .hasStackTraceContaining("set workers = 1");
    }

    /// Returns when clients have moved and nobody does any more: what comes next is not to be mistaken for this.
    private static void moveClients(WeirFixture weir, String use) {
        double before = total(weir, "weir_clients_moved_total");
        try (RawClient console = weir.console()) {
            console.run("SET worker_use = '" + use + "'");
        }
        AtomicReference<Double> latest = new AtomicReference<>(before);
        Awaitility.await("clients move: " + use)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1_100)) // more than two of the pooler's looks
                .until(() -> {
                    double now = total(weir, "weir_clients_moved_total");
                    return latest.getAndSet(now) == now && now > before;
                });
    }

    private static double total(WeirFixture weir, String metric) {
        try (WebPages pages = WebPages.of(weir)) {
            return pages.get("/metrics")
                    .lines()
                    .filter(line -> line.startsWith(metric + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    private static String idOf(WeirFixture weir, RawClient client) {
        try (RawClient console = weir.console()) {
            return Shown.rows(console, "SHOW CLIENTS").stream()
                    .filter(row -> String.valueOf(client.localPort()).equals(row.get("port")))
                    .map(row -> String.valueOf(row.get("id")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
