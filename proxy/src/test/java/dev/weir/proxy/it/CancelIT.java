package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.FakePostgres;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LinkFaults;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A cancel request ends the query it is for, and no other.
@ExtendWith(LeakGuard.class)
class CancelIT {
    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    private static void awaitRunning(String fragment) {
        try (RawClient observer = TestPostgres.shared().superuser("postgres")) {
            Awaitility.await("running: " + fragment)
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> observer.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                                    + " AND pid <> pg_backend_pid() AND query LIKE '%" + fragment + "%'")
                            .equals("1"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Frontend.PROTOCOL_3_0, Frontend.PROTOCOL_3_2})
    void aRunningQueryIsCancelled(int protocol) {
        try (RawClient client = weir.connect(Accounts.APP.protocol(protocol))) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'cancel me'"));
            awaitRunning("cancel me");
            client.cancel();
            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
            client.readUntilReady();
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aQueryThatStillWaitsInLineIsCancelled() {
        try (RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 'never to run'"));
            weir.awaitPool("app", "app", "cl_waiting", "1");
            waiter.cancel();
            List<Message> answer = waiter.readUntilReady();
            assertThat(answer.getFirst().sqlState()).isEqualTo("57014");
            assertThat(waiter.transactionStatus()).isEqualTo('I');
            holder.run("COMMIT");
            assertThat(waiter.value("SELECT 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void aQueryOfTheExtendedProtocolInLineIsCancelledUpToItsSync() {
        try (RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.unnamed("SELECT 'never'"), Frontend.sync());
            weir.awaitPool("app", "app", "cl_waiting", "1");
            waiter.cancel();
            List<Message> answer = waiter.readUntilReady();
            assertThat(answer).hasSize(2);
            assertThat(answer.getFirst().sqlState()).isEqualTo("57014");
            holder.run("COMMIT");
            assertThat(waiter.value("SELECT 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void anIdleClientsCancelHitsNobody() {
        try (RawClient idle = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP);
                RawClient root = TestPostgres.shared().superuser("app")) {
            assertThat(idle.value("SELECT 1")).isEqualTo("1");
            root.run("SELECT pg_advisory_lock(1)");
            other.send(Frontend.query("SELECT pg_advisory_xact_lock(1), 'must survive'"));
            awaitRunning("must survive");
            idle.cancel();
            root.run("SELECT pg_advisory_unlock(1)");
            assertThat(other.readUntilReady()).noneMatch(message -> message.type() == 'E');
        }
    }

    @Test
    void aLateCancelNeverHitsTheNextClientsQuery() {
        Random random = new Random(1);
        try (RawClient canceller = weir.connect(Accounts.APP);
                RawClient victim = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 150; i++) {
                canceller.send(Frontend.query("SELECT pg_sleep(" + random.nextInt(3) / 1000.0 + ")"));
                victim.send(Frontend.query("SELECT pg_sleep(0.002), 'innocent'"));
                canceller.cancel();
                assertThat(victim.readUntilReady()).as("round %d", i).noneMatch(message -> message.type() == 'E');
                canceller.readUntilReady();
            }
        }
    }

    @Test
    void aServerIsHeldBackUntilItsCancelHasBeenDelivered() {
        try (LinkFaults link = LinkFaults.to(TestPostgres.shared().port());
                WeirFixture slow = WeirFixture.overPort(link.port())
                        .set("default_pool_size", "1")
                        .start();
                RawClient canceller = slow.connect(Accounts.APP);
                RawClient victim = slow.connect(Accounts.APP)) {
            assertThat(victim.value("SELECT 1")).isEqualTo("1");
            for (int i = 0; i < 5; i++) {
                canceller.send(Frontend.query("SELECT pg_sleep(0.05)"));
                victim.send(Frontend.query("SELECT pg_sleep(0.2), 'innocent'"));
                // Everything to the server is late now, the cancel request too: it may arrive after its query has
                // ended.
                link.delay(60);
                canceller.cancel();
                canceller.readUntilReady();
                link.delay(0);
                assertThat(victim.readUntilReady()).noneMatch(message -> message.type() == 'E');
            }
        }
    }

    @Test
    void aCancelThatComesWhileTheSettingsAreAppliedIsForTheQueryBehindThem() throws InterruptedException {
        Semaphore settingsSent = new Semaphore(0);
        Semaphore settingsAnswered = new Semaphore(0);
        Semaphore cancelled = new Semaphore(0);
        try (FakePostgres fake = FakePostgres.start(session -> {
                    if (session.readStartup().isEmpty()) {
                        cancelled.release();
                        return;
                    }
                    session.letIn();
                    assertThat(session.readQuery()).contains("Asia/Tokyo");
                    settingsSent.release();
                    settingsAnswered.acquireUninterruptibly();
                    session.parameter("TimeZone", "Asia/Tokyo");
                    session.oneRow("Asia/Tokyo");
                    session.ready('I');
                    assertThat(session.readQuery()).isEqualTo("SELECT 'long'");
                    cancelled.acquireUninterruptibly();
                    session.error("ERROR", "57014", "canceling statement due to user request");
                    session.ready('I');
                    session.readToEnd();
                });
                WeirFixture slow = WeirFixture.overPort(fake.port())
                        .set("default_pool_size", "1")
                        .start();
                RawClient client = slow.connect(Accounts.APP.with("TimeZone", "Asia/Tokyo"))) {
            client.send(Frontend.query("SELECT 'long'"));
            assertThat(settingsSent.tryAcquire(15, TimeUnit.SECONDS)).isTrue();

            client.cancel();
            assertThat(cancelled.availablePermits())
                    .as("what is not the client's own is not cancelled")
                    .isZero();
            settingsAnswered.release();

            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
            assertThat(client.read().transactionStatus()).isEqualTo('I');
        }
    }

    @Test
    void aServerThatACancelMayStillReachServesNobodyElse() {
        Semaphore cancelGivenUp = new Semaphore(0);
        try (FakePostgres fake = FakePostgres.start(session -> {
                    if (session.readStartup().isEmpty()) {
                        session.readToEnd(); // reads the request, and is in no hurry to act on it
                        cancelGivenUp.release();
                        return;
                    }
                    session.letIn();
                    if (session.readQuery().contains("long")) {
                        cancelGivenUp.acquireUninterruptibly();
                    }
                    session.oneRow("from " + session.number());
                    session.ready('I');
                    session.oneRowForEveryQuery("from " + session.number());
                });
                WeirFixture slow = WeirFixture.overPort(fake.port())
                        .set("default_pool_size", "1")
                        .set("cancel_wait_timeout", "0.3")
                        .start();
                RawClient canceller = slow.connect(Accounts.APP);
                RawClient victim = slow.connect(Accounts.APP)) {
            canceller.send(Frontend.query("SELECT 'long'"));
            slow.awaitPool("app", "app", "sv_active", "1");
            canceller.cancel();
            canceller.readUntilReady();

            assertThat(victim.value("SELECT 1")).isEqualTo("from 3");
        }
    }

    @Test
    void theConsoleShowsWhatIsUnderWay() {
        Semaphore seen = new Semaphore(0);
        try (FakePostgres fake = FakePostgres.start(session -> {
                    if (session.readStartup().isEmpty()) {
                        seen.acquireUninterruptibly();
                        return;
                    }
                    session.letIn();
                    session.readQuery();
                    session.readToEnd();
                });
                WeirFixture weir = WeirFixture.overPort(fake.port()).start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient messenger = RawClient.open(weir.tcp())) {
            client.send(Frontend.query("SELECT 'long'"));
            weir.awaitPool("app", "app", "sv_active", "1");
            messenger.send(Frontend.cancelRequest(client.backendKeyData()));
            weir.awaitPool("app", "app", "cl_active_cancel_req", "1");
            assertThat(weir.pool("app", "app"))
                    .containsEntry("sv_active_cancel", "1")
                    .containsEntry("cl_waiting_cancel_req", "0")
                    .containsEntry("sv_login", "0");
            client.hangUp();
            weir.awaitPool("app", "app", "sv_being_canceled", "1");
            seen.release(2);
            weir.awaitPool("app", "app", "cl_active_cancel_req", "0");
        } finally {
            seen.release(2);
        }
    }

    @Test
    void aForeignKeyCancelsNothing() {
        try (RawClient client = weir.connect(Accounts.APP);
                RawClient root = TestPostgres.shared().superuser("app")) {
            root.run("SELECT pg_advisory_lock(1)");
            client.send(Frontend.query("SELECT pg_advisory_xact_lock(1), 'guarded'"));
            awaitRunning("guarded");
            byte[] key = client.backendKeyData();
            for (int i = 0; i < key.length; i++) {
                byte[] wrong = key.clone();
                wrong[i] ^= 1;
                try (RawClient forger = RawClient.open(weir.tcp())) {
                    forger.send(Frontend.cancelRequest(wrong));
                    assertThat(forger.readToEnd()).isEmpty();
                }
            }
            root.run("SELECT pg_advisory_unlock(1)");
            assertThat(client.readUntilReady()).noneMatch(message -> message.type() == 'E');
        }
    }

    @Test
    void aCancelComesThroughAFullPooler() {
        try (WeirFixture full = WeirFixture.over(TestPostgres.shared())
                        .set("max_client_conn", "1")
                        .start();
                RawClient client = full.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'in a full house'"));
            awaitRunning("in a full house");
            client.cancel();
            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
        }
    }
}
