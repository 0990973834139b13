package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Two poolers behind a load balancer that looks at readiness are replaced one after the other under load. The clients
/// know one thing: a transaction whose first statement fails with 57P01 has not begun, and may be tried on a new
/// connection. Nothing else may happen to them, and every transaction they were told is committed is there, once.
/// pgbench does not know even that, so it connects for each transaction: nothing at all may happen to it.
@ExtendWith(LeakGuard.class)
final class RollingRestartIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CLIENTS = 6;
    private static final int PGBENCH_CLIENTS = 2;
    private static final int PGBENCH_TRANSACTIONS = 50;

    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger sentAway = new AtomicInteger();
    private volatile boolean stopped;

    @Test
    void losesNoTransaction() throws Exception {
        try (RawClient observer = TestPostgres.shared().superuser(Accounts.DATABASE);
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
                LoadBalancer balancer = new LoadBalancer()) {
            observer.run("CREATE TABLE rolled (client int, n int, PRIMARY KEY (client, n))");
            observer.run("CREATE TABLE benched (at timestamptz DEFAULT now())");
            observer.run("GRANT ALL ON rolled, benched TO " + Accounts.APP.user());
            List<WeirFixture> running = new ArrayList<>(List.of(start(balancer), start(balancer)));
            try {
                List<Future<Integer>> loads = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    int client = i;
                    loads.add(threads.submit(() -> load(balancer.port(), client)));
                }
                Future<Integer> bench = threads.submit(() -> bench(balancer.port()));
                for (int round = 0; round < 2; round++) {
                    int before = committed.get();
                    await().atMost(PATIENCE).until(() -> committed.get() > before + 50 || failed(loads));
                    replaceFirst(running, balancer);
                }
                int before = committed.get();
                await().atMost(PATIENCE).until(() -> committed.get() > before + 50 || failed(loads));
                stopped = true;
                for (int i = 0; i < CLIENTS; i++) {
                    int told = loads.get(i).get();
                    assertThat(observer.value("SELECT count(*) FROM rolled WHERE client = " + i))
                            .isEqualTo(String.valueOf(told));
                }
                int benched = bench.get();
                assertThat(benched).isPositive();
                assertThat(observer.value("SELECT count(*) FROM benched")).isEqualTo(String.valueOf(benched));
                assertThat(sentAway.get()).isPositive();
            } finally {
                stopped = true;
                running.forEach(WeirFixture::close);
                observer.run("DROP TABLE rolled, benched");
            }
        }
    }

    private static boolean failed(List<Future<Integer>> loads) {
        return loads.stream().anyMatch(Future::isDone);
    }

    private static WeirFixture start(LoadBalancer balancer) {
        WeirFixture weir = WebPages.in(WeirFixture.over(TestPostgres.shared()))
                .set("shutdown_drain_timeout", "20")
                .set("shutdown_accept_delay", "1.5") // more than the balancer takes to look, on a busy machine
                .start();
        LoadBalancer.Backend backend = backend(weir);
        balancer.add(backend);
        await().atMost(PATIENCE).until(() -> balancer.isReady(backend));
        return weir;
    }

    private static LoadBalancer.Backend backend(WeirFixture weir) {
        try (WebPages pages = WebPages.of(weir)) {
            return new LoadBalancer.Backend(weir.port(), pages.uri("/health/ready"));
        }
    }

    private static void replaceFirst(List<WeirFixture> running, LoadBalancer balancer) {
        running.add(start(balancer));
        try (WeirFixture old = running.removeFirst()) {
            LoadBalancer.Backend backend = backend(old);
            var _ = old.pooler().shutdown(ShutdownMode.DRAIN);
            await().atMost(PATIENCE)
                    .until(() ->
                            old.pooler().termination().toCompletableFuture().isDone());
            balancer.remove(backend);
        }
    }

    /// Half of the clients use the simple protocol, the others the extended one.
    ///
    /// @return how many transactions this client was told are committed
    private int load(int port, int client) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + Accounts.DATABASE + "?user="
                + Accounts.APP.user() + "&password=" + Accounts.APP.password() + "&sslmode=disable&prepareThreshold=2"
                + (client % 2 == 0 ? "" : "&preferQueryMode=simple");
        int done = 0;
        @Nullable Connection connection = null;
        try {
            while (!stopped) {
                if (connection == null) {
                    connection = DriverManager.getConnection(url);
                    connection.setAutoCommit(false);
                }
                if (begins(connection, client, done)) {
                    transactionGoesOn(connection);
                    done++;
                    committed.incrementAndGet();
                } else {
                    sentAway.incrementAndGet();
                    connection.close();
                    connection = null;
                }
            }
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
        return done;
    }

    /// @return how many transactions pgbench has counted
    private int bench(int port) throws Exception {
        int done = 0;
        while (!stopped) {
            String report = CommandLine.run(
                            port,
                            "INSERT INTO benched DEFAULT VALUES;\n",
                            "pgbench",
                            "-C",
                            "-n",
                            "-c" + PGBENCH_CLIENTS,
                            "-t" + PGBENCH_TRANSACTIONS,
                            "-f-")
                    .good();
            assertThat(report).contains("number of failed transactions: 0 ");
            done += PGBENCH_CLIENTS * PGBENCH_TRANSACTIONS;
        }
        return done;
    }

    private static boolean begins(Connection connection, int client, int n) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO rolled VALUES (?, ?)")) {
            insert.setInt(1, client);
            insert.setInt(2, n);
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            if ("57P01".equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static void transactionGoesOn(Connection connection) throws SQLException {
        try (PreparedStatement more = connection.prepareStatement("SELECT count(*), pg_sleep(0.002) FROM rolled")) {
            more.execute();
        }
        connection.commit();
    }
}
