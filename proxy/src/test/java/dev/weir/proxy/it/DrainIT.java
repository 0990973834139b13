package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SIGTERM with `shutdown_drain_timeout`: who leaves when, and what each is told.
@ExtendWith(LeakGuard.class)
final class DrainIT {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration A_WHILE = Duration.ofMillis(300);

    private static WeirFixture.Setup setup(String timeout, String acceptDelay) {
        return WeirFixture.over(TestPostgres.shared())
                .set("shutdown_drain_timeout", timeout)
                .set("shutdown_accept_delay", acceptDelay);
    }

    private static void drain(WeirFixture weir) {
        assertThat(weir.pooler().shutdown(ShutdownMode.DRAIN).toCompletableFuture())
                .isCompleted();
    }

    private static boolean hasEnded(WeirFixture weir) {
        return weir.pooler().termination().toCompletableFuture().isDone();
    }

    private static void assertSentAway(RawClient client) {
        Message last = client.expectFatal();
        assertThat(last.sqlState()).isEqualTo("57P01");
        assertThat(last.text()).isEqualTo("terminating connection due to administrator command");
    }

    @Test
    void loadBalancersHearOfItFirstAndOperatorsAreServedToTheEnd() {
        try (WeirFixture weir = WebPages.in(setup("30", "1")).start();
                WebPages pages = WebPages.of(weir);
                RawClient console = weir.console();
                RawClient idle = weir.connect(Accounts.APP);
                RawClient busy = weir.connect(Accounts.OTHER)) {
            busy.run("BEGIN");
            assertThat(pages.get("/health/ready")).startsWith("200");

            drain(weir);
            assertThat(pages.get("/health/ready")).startsWith("503").contains("shutting_down");
            try (RawClient late = weir.connect(Accounts.APP)) {
                assertThat(late.value("SELECT 'still let in'")).isEqualTo("still let in");
            }
            assertThat(idle.hasNews(A_WHILE)).isFalse();

            assertSentAway(idle);
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), weir.port()).close())
                    .hasMessageContaining("refused");
            try (RawClient late = RawClient.open(weir.unix())) {
                assertThat(late.tryLogin(Accounts.APP).getLast().text()).isEqualTo("pooler is shutting down");
            }
            assertThat(pages.get("/metrics")).startsWith("200");
            assertThat(pages.get("/health/live")).startsWith("200");
            assertThat(console.query("SHOW CLIENTS").toString()).contains("other");
            try (RawClient operator = RawClient.connect(weir.unix(), WeirFixture.ADMIN)) {
                assertThat(operator.query("SHOW STATE").toString()).contains("yes");
            }
            busy.run("COMMIT");
            assertSentAway(busy);
            await().atMost(PATIENCE).until(() -> hasEnded(weir));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aTransactionComesToItsEnd(String poolMode) {
        try (WeirFixture weir = setup("30", "0").set("pool_mode", poolMode).start();
                RawClient neverUsed = weir.connect(Accounts.APP);
                RawClient idle = weir.connect(Accounts.APP);
                RawClient busy = weir.connect(Accounts.APP);
                RawClient failed = weir.connect(Accounts.APP);
                RawClient ahead = weir.connect(Accounts.APP)) {
            idle.run("SELECT 1");
            busy.run("BEGIN");
            failed.run("BEGIN");
            failed.error("SELECT 1/0");
            ahead.run("BEGIN");

            drain(weir);
            assertSentAway(idle);
            assertSentAway(neverUsed);
            assertThat(busy.hasNews(A_WHILE)).isFalse();
            assertThat(busy.value("SELECT 'inside'")).isEqualTo("inside");
            busy.send(Frontend.query("COMMIT"));
            assertThat(busy.expect("CZ").getFirst().tag()).isEqualTo("COMMIT");
            assertSentAway(busy);
            failed.send(Frontend.query("ROLLBACK"));
            assertThat(failed.expect("CZ").getFirst().tag()).isEqualTo("ROLLBACK");
            assertSentAway(failed);

            // What was sent in one go is carried out, for the first of it has begun a transaction already.
            ahead.send(Frontend.query("INSERT INTO pg_temp.none VALUES (1)"), Frontend.query("COMMIT"));
            assertThat(ahead.readUntilReady().getFirst().type()).isEqualTo('E');
            assertThat(ahead.expect("CZ").getFirst().tag()).isEqualTo("ROLLBACK");
            assertSentAway(ahead);
            await().atMost(PATIENCE).until(() -> hasEnded(weir));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void whoHoldsSomethingMayReleaseItFirst(String poolMode) {
        try (WeirFixture weir = setup("30", "0").set("pool_mode", poolMode).start();
                RawClient locker = weir.connect(Accounts.APP);
                RawClient loader = weir.connect(Accounts.SUPERUSER);
                RawClient setter = weir.connect(Accounts.APP)) {
            loader.run("LOAD 'plpgsql'"); // stays for as long as the session, so there is nothing to wait for
            locker.run("SELECT pg_advisory_lock(4712)");
            setter.run("SET work_mem = '5MB'");
            setter.run("PREPARE mine AS SELECT 1");

            drain(weir);
            assertSentAway(setter);
            assertSentAway(loader);
            assertThat(locker.hasNews(A_WHILE)).isFalse();
            assertThat(locker.value("SELECT 'still here'")).isEqualTo("still here");
            assertThat(locker.hasNews(A_WHILE)).isFalse();
            assertThat(locker.value("SELECT pg_advisory_unlock(4712)")).isEqualTo("t");
            assertSentAway(locker);
        }
    }

    @Test
    void whatIsLeftIsCancelledBeforeTheDeadline() {
        try (WeirFixture weir = setup("2.5", "0").set("default_pool_size", "3").start();
                RawClient observer = TestPostgres.shared().superuser("postgres");
                RawClient running = weir.connect(Accounts.APP);
                RawClient forgotten = weir.connect(Accounts.APP);
                RawClient inTransaction = weir.connect(Accounts.APP);
                RawClient waiting = weir.connect(Accounts.APP)) {
            forgotten.run("BEGIN");
            inTransaction.run("BEGIN");
            inTransaction.send(Frontend.query("SELECT pg_sleep(600), 'drained'"));
            running.send(Frontend.query("SELECT pg_sleep(600), 'drained'"));
            await().until(() -> sleepers(observer).equals("2"));
            waiting.send(Frontend.query("SELECT 1"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");

            drain(weir);
            List<Message> cancelled = running.readUntilReady();
            assertThat(cancelled.get(cancelled.size() - 2).sqlState()).isEqualTo("57014");
            assertSentAway(running);
            List<Message> inside = inTransaction.readUntilReady();
            assertThat(inside.get(inside.size() - 2).sqlState()).isEqualTo("57014");
            assertThat(inTransaction.transactionStatus()).isEqualTo('E');
            assertSentAway(inTransaction);
            assertSentAway(forgotten);
            assertSentAway(waiting);
            assertThat(hasEnded(weir)).isFalse();
            await().until(() -> sleepers(observer).equals("0"));
            await().atMost(PATIENCE).until(() -> hasEnded(weir));
        }
    }

    private static String sleepers(RawClient observer) {
        return observer.value("SELECT count(*) FROM pg_stat_activity WHERE datname = 'app' AND state = 'active'"
                + " AND query LIKE '%drained%'");
    }

    @Test
    void whoWaitsInAPausedPoolIsSentAway() {
        try (WeirFixture weir = setup("30", "0").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            console.run("PAUSE");
            client.send(Frontend.query("SELECT 1"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");
            drain(weir);
            assertSentAway(client);
        }
    }

    @Test
    void whoNeverLoggedInKeepsNobodyWaiting() {
        try (WeirFixture weir = setup("300", "0").start();
                RawClient silent = RawClient.open(weir.tcp());
                RawClient undecided = RawClient.open(weir.tcp());
                RawClient idle = weir.connect(Accounts.APP)) {
            undecided.send(Frontend.startup(Frontend.PROTOCOL_3_2, Map.of("user", "app", "database", "app")));
            assertThat(undecided.read().type()).isEqualTo('R');

            drain(weir);
            assertSentAway(idle);
            assertSentAway(undecided);
            assertSentAway(silent);
            await().atMost(PATIENCE).until(() -> hasEnded(weir));
        }
    }

    @Test
    void manyAreToldOneAfterTheOther() {
        try (WeirFixture weir = setup("8", "0").set("workers", "1").start()) {
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 12; i++) {
                    clients.add(weir.connect(Accounts.APP));
                }
                drain(weir);
                await().atMost(PATIENCE).until(() -> gone(clients) > 0);
                assertThat(gone(clients)).isLessThan(clients.size());
                await().atMost(PATIENCE).until(() -> gone(clients) == clients.size());
            } finally {
                clients.forEach(RawClient::vanish);
            }
        }
    }

    private static long gone(List<RawClient> clients) {
        return clients.stream()
                .filter(client -> client.hasNews(Duration.ofMillis(1)))
                .count();
    }

    @Test
    void aSecondOrderEndsAtOnce() {
        try (WeirFixture weir = setup("300", "0").start();
                RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");
            drain(weir);
            assertThat(busy.hasNews(A_WHILE)).isFalse();
            drain(weir);
            await().atMost(PATIENCE).until(() -> hasEnded(weir));
            assertThat(busy.readToEnd()).isEmpty();
        } catch (UncheckedIOException e) {
            throw new AssertionError("nobody was to be heard any more", e);
        }
    }
}
