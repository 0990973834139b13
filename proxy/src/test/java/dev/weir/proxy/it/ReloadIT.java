package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a reload changes for clients that are there already: nothing in the middle of something.
@ExtendWith(LeakGuard.class)
class ReloadIT {
    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared()).set("default_pool_size", "1");
    }

    @Test
    void aTimeoutHoldsFromTheNextTransactionOn() {
        try (WeirFixture weir = setup().start();
                RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");

            weir.reload(setup -> setup.set("query_timeout", "0.1"));

            busy.run("SELECT pg_sleep(0.3)");
            busy.run("COMMIT");
            busy.send(Frontend.query("SELECT pg_sleep(60)"));
            assertThat(busy.readUntil('E').getLast().sqlState()).isEqualTo("57014");
        }
    }

    @Test
    void aTimeoutThatIsTakenAwayRunsOutNoMore() {
        try (WeirFixture weir = setup().set("idle_transaction_timeout", "0.3").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");

            weir.reload(setup -> setup.set("idle_transaction_timeout", "0"));

            client.run("BEGIN").run("SELECT pg_sleep(0.1)");
            assertThat(client.hasNews(Duration.ofMillis(500))).isFalse();
            client.run("COMMIT");
        }
    }

    @Test
    void aClientInLineWaitsByTheRulesItCameUnder() {
        try (WeirFixture weir = setup().start();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 'served'"));
            weir.awaitPool("app", "app", "cl_waiting", "1");

            weir.reload(setup -> setup.set("query_wait_timeout", "0.1"));

            assertThat(waiter.hasNews(Duration.ofMillis(300))).isFalse();
            holder.run("COMMIT");
            waiter.expect("TDCZ");

            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 'again'"));
            assertThat(waiter.expectFatal().text()).contains("query_wait_timeout");
            holder.run("COMMIT");
        }
    }

    @Test
    void anIdleClientGoesByTheNewIdleTimeoutAtOnce() {
        try (WeirFixture weir = setup().start();
                RawClient idle = weir.connect(Accounts.APP);
                RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");

            weir.reload(setup -> setup.set("client_idle_timeout", "0.2"));

            assertThat(idle.expectFatal().sqlState()).isEqualTo("57P05");
            assertThat(busy.value("SELECT 'still there'")).isEqualTo("still there");
            busy.run("COMMIT");
            assertThat(busy.expectFatal().sqlState()).isEqualTo("57P05");
        }
    }

    @Test
    void theModeChangesBetweenTransactions() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN");

            weir.reload(setup -> setup.set("pool_mode", "session"));
            client.run("COMMIT");
            weir.awaitPool("app", "app", "sv_active", "0");

            client.run("SELECT 1");
            weir.awaitPool("app", "app", "sv_active", "1");
        }
    }

    @Test
    void aSmallerPoolGivesUpItsServersAsTheyBecomeFree() {
        try (WeirFixture weir = setup().set("default_pool_size", "3").start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(weir.connect(Accounts.APP).run("BEGIN"));
            }

            weir.reload(setup -> setup.set("default_pool_size", "1"));

            assertThat(weir.pool("app", "app")).containsEntry("sv_active", "3");
            clients.forEach(client -> client.run("COMMIT"));
            Awaitility.await("one server")
                    .atMost(Duration.ofSeconds(15))
                    .until(() -> TestPostgres.shared().backends("app").size() == 1);
            clients.forEach(client -> assertThat(client.value("SELECT 1")).isEqualTo("1"));
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void aFileWithAnErrorChangesNothing() {
        try (WeirFixture weir = setup().start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            try {
                weir.reload(setup -> setup.set("client_idle_timeout", "0.1").set("pool_mode", "sometimes"));
                throw new IllegalStateException("the reload was not refused");
            } catch (AssertionError refused) {
                assertThat(refused).hasMessageContaining("RELOAD failed");
            }

            assertThat(client.hasNews(Duration.ofMillis(300))).isFalse();
            assertThat(client.value("SELECT 1")).isEqualTo("1");
            assertThat(console.rows("SHOW CONFIG"))
                    .anySatisfy(row -> assertThat(row).startsWith("client_idle_timeout", "0"));
        }
    }
}
