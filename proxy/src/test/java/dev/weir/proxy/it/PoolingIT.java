package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which client gets which server, when, and how many of both there may be.
@ExtendWith(LeakGuard.class)
class PoolingIT {
    private static final String PID = "SELECT pg_backend_pid()";
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared());
    }

    private static List<RawClient> clients(WeirFixture weir, Login login, int count) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(weir.connect(login));
        }
        return clients;
    }

    private static void close(List<RawClient> clients) {
        clients.forEach(RawClient::close);
    }

    private static void awaitBackends(int count) {
        Awaitility.await(count + " backends")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> TestPostgres.shared().backends("app").size() == count);
    }

    @Test
    void transactionsOfAllClientsShareTheServersOfThePool() {
        try (WeirFixture weir = setup().set("default_pool_size", "3").start()) {
            List<RawClient> clients = clients(weir, Accounts.APP, 20);
            Set<String> pids = new HashSet<>();
            for (RawClient client : clients) {
                pids.add(client.value(PID));
            }
            assertThat(pids).hasSizeBetween(1, 3);
            assertThat(TestPostgres.shared().backends("app")).hasSizeLessThanOrEqualTo(3);
            close(clients);
        }
    }

    @Test
    void aSessionKeepsItsServerUntilItsClientLeaves() {
        try (WeirFixture weir = setup().set("pool_mode", "session")
                .set("default_pool_size", "1")
                .start()) {
            RawClient first = weir.connect(Accounts.APP);
            String pid = first.value(PID);
            first.run("SET work_mem = '3MB'; CREATE TEMP TABLE own (n int); LISTEN ear; PREPARE p AS SELECT 1");
            RawClient second = weir.connect(Accounts.APP);
            second.send(Frontend.query(PID));
            weir.awaitPool("app", "app", "cl_waiting", "1");
            assertThat(first.value("SHOW work_mem")).isEqualTo("3MB");
            first.close();
            assertThat(second.readUntilReady().get(1).columns()).containsExactly(pid);
            assertThat(second.value("SHOW work_mem")).isEqualTo("4MB");
            assertThat(second.value("SELECT to_regclass('own') IS NULL")).isEqualTo("t");
            assertThat(second.rows("SELECT * FROM pg_listening_channels()")).isEmpty();
            assertThat(second.value("SELECT count(*) FROM pg_prepared_statements"))
                    .isEqualTo("0");
            second.close();
        }
    }

    @Test
    void aTransactionKeepsItsServerThroughErrorsAndSavepoints() {
        try (WeirFixture weir = setup().set("default_pool_size", "2").start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            String pid = client.value(PID);
            client.run("SAVEPOINT s");
            client.error("SELECT 1/0");
            for (int i = 0; i < 5; i++) {
                assertThat(other.value(PID)).isNotEqualTo(pid);
            }
            client.run("ROLLBACK TO s");
            assertThat(client.value(PID)).isEqualTo(pid);
            client.run("COMMIT");
        }
    }

    @Test
    void statisticsCountNamedStatementsAndNoOthers() {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared()).start();
                RawClient one = weir.connect(Accounts.APP);
                RawClient two = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            one.extended("SELECT 1");
            for (RawClient client : List.of(one, two)) {
                client.send(Frontend.parse("counted", "SELECT 2"), Frontend.sync())
                        .readUntilReady();
                for (int i = 0; i < 2; i++) {
                    client.send(Frontend.bind("", "counted"), Frontend.execute("", 0), Frontend.sync());
                    client.readUntilReady();
                }
            }
            assertThat(Shown.rows(console, "SHOW STATS_TOTALS"))
                    .filteredOn(row -> row.get("database").equals(Accounts.DATABASE))
                    .singleElement()
                    .satisfies(row -> assertThat(row)
                            .containsEntry("client_parse_count", "2")
                            .containsEntry("server_parse_count", "1")
                            .containsEntry("bind_count", "4"));
        }
    }

    @Test
    void statementPoolingRefusesTransactionBlocksAndLeavesNoneBehind() {
        try (WeirFixture weir = setup().set("pool_mode", "statement")
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("BEGIN"));
            assertThat(client.expectFatal().text())
                    .contains("transaction blocks not allowed in statement pooling mode");
            assertThat(other.value("SELECT now() = statement_timestamp()")).isEqualTo("t");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "session, transaction, , transaction",
        "session, , statement, statement",
        "transaction, session, statement, statement"
    })
    void theModeOfTheUserGoesBeforeThatOfTheDatabase(String global, String database, String user, String expected) {
        WeirFixture.Setup setup = setup().set("pool_mode", global);
        if (database != null) {
            setup.databaseMore("app", "pool_mode=" + database);
        }
        if (user != null) {
            setup.user("app", "pool_mode=" + user);
        }
        try (WeirFixture weir = setup.start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            assertThat(weir.pool("app", "app")).containsEntry("pool_mode", expected);
            weir.awaitPool("app", "app", "sv_active", expected.equals("session") ? "1" : "0");
        }
    }

    @Test
    void waitersAreServedInTheOrderInWhichTheyCame() {
        try (WeirFixture weir =
                setup().set("default_pool_size", "1").set("workers", "1").start()) {
            RawClient holder = weir.connect(Accounts.APP);
            holder.run("BEGIN; CREATE SEQUENCE IF NOT EXISTS turn; COMMIT; BEGIN");
            List<RawClient> waiters = clients(weir, Accounts.APP, 8);
            for (int i = 0; i < waiters.size(); i++) {
                waiters.get(i).send(Frontend.query("SELECT nextval('turn')"));
                weir.awaitPool("app", "app", "cl_waiting", String.valueOf(i + 1));
            }
            holder.run("COMMIT");
            long before = 0;
            for (RawClient waiter : waiters) {
                long turn = Long.parseLong(
                        String.valueOf(waiter.readUntilReady().get(1).columns().getFirst()));
                assertThat(turn).isGreaterThan(before);
                before = turn;
            }
            holder.run("DROP SEQUENCE turn");
            holder.close();
            close(waiters);
        }
    }

    @Test
    void thePoolSizeOfADatabaseAndTheLimitsOfDatabaseAndUserHold() {
        try (WeirFixture weir = setup().set("default_pool_size", "10")
                .databaseMore("app", "pool_size=2")
                .start()) {
            assertBusyServers(weir, 2);
        }
        try (WeirFixture weir = setup().set("default_pool_size", "10")
                .set("max_db_connections", "3")
                .start()) {
            assertBusyServers(weir, 3);
        }
        try (WeirFixture weir = setup().set("default_pool_size", "10")
                .user("app", "max_user_connections=1")
                .start()) {
            assertBusyServers(weir, 1);
        }
        try (WeirFixture weir = setup().set("default_pool_size", "10")
                .user("app", "pool_size=4")
                .start()) {
            assertBusyServers(weir, 4);
        }
    }

    private static void assertBusyServers(WeirFixture weir, int servers) {
        List<RawClient> clients = clients(weir, Accounts.APP, servers + 3);
        try (RawClient root = TestPostgres.shared().superuser("app")) {
            root.run("SELECT pg_advisory_lock(2)");
            clients.forEach(client -> client.send(Frontend.query("SELECT pg_advisory_xact_lock_shared(2)")));
            weir.awaitPool("app", "app", "sv_active", String.valueOf(servers));
            weir.awaitPool("app", "app", "cl_waiting", "3");
            // One more is the holder of the lock.
            assertThat(TestPostgres.shared().backends("app")).hasSize(servers + 1);
        }
        clients.forEach(RawClient::readUntilReady);
        assertThat(TestPostgres.shared().backends("app")).hasSizeLessThanOrEqualTo(servers);
        close(clients);
    }

    @Test
    void theReserveOpensAfterItsTimeoutOnly() {
        try (WeirFixture weir = setup().set("default_pool_size", "1")
                        .set("reserve_pool_size", "1")
                        .set("reserve_pool_timeout", "0.3")
                        .start();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            long start = System.nanoTime();
            assertThat(waiter.value("SELECT 1")).isEqualTo("1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
            holder.run("COMMIT");
        }
    }

    @Test
    void minPoolSizeIsOpenedAheadOfDemandAndKept() {
        TestPostgres postgres = TestPostgres.shared();
        try (WeirFixture weir = setup().set("min_pool_size", "3")
                        .set("server_idle_timeout", "0.2")
                        .start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient root = postgres.superuser("postgres")) {
            client.run("SELECT 1");
            awaitBackends(3);
            Set<Integer> first = Set.copyOf(postgres.backends("app"));
            Awaitility.await("all have been idle for longer than they may")
                    .atMost(PATIENCE)
                    .until(() -> root.value("SELECT bool_and(now() - state_change > '1s') FROM pg_stat_activity"
                                    + " WHERE datname = 'app' AND backend_type = 'client backend'")
                            .equals("t"));
            assertThat(postgres.backends("app")).containsExactlyInAnyOrderElementsOf(first);

            root.run("SELECT pg_terminate_backend(" + first.iterator().next() + ", 5000)");

            awaitBackends(3);
            assertThat(Set.copyOf(postgres.backends("app"))).isNotEqualTo(first);
        }
    }

    @Test
    void anIdleServerOfAnotherUserMakesRoomWithinMaxDbConnections() {
        try (WeirFixture weir = setup().set("max_db_connections", "2").start();
                RawClient app = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.OTHER);
                RawClient third = weir.connect(Accounts.TRUSTED)) {
            for (int round = 0; round < 3; round++) {
                for (RawClient client : List.of(app, other, third)) {
                    assertThat(client.value("SELECT 1")).isEqualTo("1");
                }
            }
            assertThat(TestPostgres.shared().backends("app")).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void noPoolStarvesAnotherOfItsDatabase() throws InterruptedException {
        try (WeirFixture weir = setup().set("max_db_connections", "1").start()) {
            List<RawClient> greedy = clients(weir, Accounts.APP, 6);
            AtomicBoolean enough = new AtomicBoolean();
            List<Thread> crowd = new ArrayList<>();
            for (RawClient client : greedy) {
                // None of them lets the one server rest before the other pool has been served.
                crowd.add(Thread.ofVirtual().start(() -> {
                    while (!enough.get()) {
                        client.run("SELECT pg_sleep(0.001)");
                    }
                }));
            }
            try (RawClient modest = RawClient.open(weir.tcp())) {
                modest.deadline(Duration.ofSeconds(10)).login(Accounts.OTHER);
                for (int i = 0; i < 3; i++) {
                    modest.run("SELECT 'served'");
                }
            } finally {
                enough.set(true);
            }
            for (Thread thread : crowd) {
                thread.join();
            }
            close(greedy);
        }
    }

    @ParameterizedTest
    @CsvSource({"max_client_conn, 53300", "max_db_client_connections, 53300", "max_user_client_connections, 53300"})
    void clientsOverALimitAreTurnedAwayAndTheOthersStay(String setting, String sqlState) {
        try (WeirFixture weir = setup().set(setting, "2").start()) {
            List<RawClient> clients = clients(weir, Accounts.APP, 2);
            try (RawClient third = RawClient.open(weir.tcp())) {
                assertThat(third.tryLogin(Accounts.APP).getLast().sqlState()).isEqualTo(sqlState);
            }
            assertThat(clients.getFirst().value("SELECT 1")).isEqualTo("1");
            clients.getFirst().close();
            Awaitility.await("room for one more").atMost(PATIENCE).until(() -> {
                try (RawClient next = RawClient.open(weir.tcp())) {
                    return next.tryLogin(Accounts.APP).getLast().type() == 'Z';
                }
            });
            clients.getLast().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void roundRobinTakesTheServersInTurn(String roundRobin) {
        try (WeirFixture weir = setup().set("server_round_robin", roundRobin)
                .set("workers", "1")
                .start()) {
            List<RawClient> clients = clients(weir, Accounts.APP, 3);
            clients.forEach(client -> client.run("BEGIN"));
            clients.forEach(client -> client.run("COMMIT"));
            Set<String> pids = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                weir.awaitPool("app", "app", "sv_idle", "3");
                pids.add(clients.getFirst().value(PID));
            }
            assertThat(pids).hasSize(roundRobin.equals("1") ? 3 : 1);
            close(clients);
        }
    }

    @Test
    void aServerPastItsLifetimeIsReplaced() {
        try (WeirFixture weir = setup().set("server_lifetime", "0.2")
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            String first = client.value(PID);
            Awaitility.await("another server")
                    .atMost(PATIENCE)
                    .until(() -> !client.value(PID).equals(first));
        }
    }

    @Test
    void aServerWithoutALifetimeServesOnce() {
        try (WeirFixture weir = setup().set("server_lifetime", "0")
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value(PID)).isNotEqualTo(client.value(PID));
        }
    }

    @Test
    void idleServersAreClosed() {
        try (WeirFixture weir = setup().set("server_idle_timeout", "0.2").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            awaitBackends(0);
            assertThat(client.value("SELECT 2")).isEqualTo("2");
        }
    }

    @Test
    void aServerIsResetBetweenTransactionsIfToldTo() {
        try (WeirFixture weir = setup().set("server_reset_query_always", "1")
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            client.run("SELECT set_config('work_mem', '3MB', false); LISTEN ear");
            assertThat(other.value("SHOW work_mem")).isEqualTo("4MB");
            assertThat(other.rows("SELECT * FROM pg_listening_channels()")).isEmpty();
        }
    }

    @Test
    void aCheckedServerThatIsBadIsReplacedUnnoticed() {
        try (WeirFixture weir = setup().set("server_check_delay", "0")
                        .set("server_check_query", "SELECT 1 / (SELECT count(*) FROM app_is_healthy)")
                        .set("default_pool_size", "1")
                        .start();
                RawClient root = TestPostgres.shared().superuser("app");
                RawClient client = weir.connect(Accounts.APP)) {
            root.run("CREATE TABLE app_is_healthy (n int); INSERT INTO app_is_healthy VALUES (1);"
                    + " GRANT ALL ON app_is_healthy TO PUBLIC");
            String first = client.value(PID);
            assertThat(client.value(PID)).isEqualTo(first);
            root.run("DELETE FROM app_is_healthy");
            assertThat(client.value(PID)).isNotEqualTo(first);
            root.run("DROP TABLE app_is_healthy");
        }
    }

    @Test
    void theConnectQueryRunsOnEachNewServer() {
        try (WeirFixture weir = setup().databaseMore("app", "connect_query='SET work_mem = ''5MB'''")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SHOW work_mem")).isEqualTo("5MB");
        }
    }

    @Test
    void aWildcardDatabaseServesNamesThatAreNotListed() {
        TestPostgres postgres = TestPostgres.shared();
        try (WeirFixture weir = setup().database("*", "host=127.0.0.1 port=" + postgres.port())
                        .start();
                RawClient client = weir.connect(Accounts.APP.to("postgres"))) {
            assertThat(client.value("SELECT current_database()")).isEqualTo("postgres");
            try (RawClient missing = RawClient.open(weir.tcp())) {
                assertThat(missing.tryLogin(Accounts.APP.to("no_such_database"))
                                .getLast()
                                .sqlState())
                        .isEqualTo("3D000");
            }
        }
    }

    @Test
    void statementsOfManyClientsAreSharedAndFollowThemToEveryServer() {
        try (WeirFixture weir = setup().set("default_pool_size", "2").start()) {
            List<RawClient> clients = clients(weir, Accounts.APP, 6);
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).send(Frontend.parse("mine", "SELECT " + (i % 3) + " + $1::int"), Frontend.sync());
                clients.get(i).readUntilReady();
            }
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < clients.size(); i++) {
                    RawClient client = clients.get((i + round) % clients.size());
                    client.send(Frontend.bind("", "mine", "10"), Frontend.execute("", 0), Frontend.sync());
                }
                for (int i = 0; i < clients.size(); i++) {
                    int index = (i + round) % clients.size();
                    List<Message> answer = clients.get(index).readUntilReady();
                    assertThat(answer.get(1).columns()).containsExactly(String.valueOf(10 + index % 3));
                }
            }
            close(clients);
        }
    }

    @Test
    void preparedStatementsOverTheLimitOfAServerAreReplaced() {
        try (WeirFixture weir = setup().set("default_pool_size", "1")
                        .set("max_prepared_statements", "3")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 10; i++) {
                client.send(Frontend.parse("s" + i, "SELECT " + i), Frontend.sync());
                client.readUntilReady();
            }
            for (int i = 9; i >= 0; i--) {
                client.send(Frontend.bind("", "s" + i), Frontend.execute("", 0), Frontend.sync());
                assertThat(client.readUntilReady().get(1).columns()).containsExactly(String.valueOf(i));
            }
            assertThat(Integer.parseInt(client.value("SELECT count(*) FROM pg_prepared_statements")))
                    .isLessThanOrEqualTo(3);
        }
    }
}
