package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What takes too long is ended with PostgreSQL's code for it, on the server too.
@ExtendWith(LeakGuard.class)
class TimeoutsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared()).set("default_pool_size", "1");
    }

    private static Message firstError(RawClient client) {
        return client.readUntil('E').getLast();
    }

    private static void awaitNoBackendRuns(String fragment) {
        try (RawClient observer = TestPostgres.shared().superuser("postgres")) {
            Awaitility.await("end of " + fragment)
                    .atMost(PATIENCE)
                    .until(() -> observer.value("SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                                    + " AND state <> 'idle' AND query LIKE '%" + fragment + "%'")
                            .equals("0"));
        }
    }

    @Test
    void queryTimeoutEndsTheQueryOnTheServerToo() {
        try (WeirFixture weir = setup().set("query_timeout", "0.3").start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient next = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60), 'too long'"));
            assertThat(firstError(client).sqlState()).isEqualTo("57014");
            awaitNoBackendRuns("too long");
            assertThat(next.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void queryTimeoutEndsAlsoAQueryThatACommitStandsBehind() {
        try (WeirFixture weir = setup().set("query_timeout", "0.3").start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient next = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("BEGIN; SELECT pg_sleep(60), 'before a commit'; COMMIT"));
            assertThat(firstError(client).sqlState()).isEqualTo("57014");
            awaitNoBackendRuns("before a commit");
            assertThat(next.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void queryWaitTimeoutEndsTheWaitInLine() {
        try (WeirFixture weir = setup().set("query_wait_timeout", "0.3").start();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 1"));
            Message error = firstError(waiter);
            assertThat(error.text() + error.fields()).contains("query_wait_timeout");
            assertThat(holder.value("SELECT 1")).isEqualTo("1");
            holder.run("COMMIT");
        }
    }

    @Test
    void aWaitingClientIsToldSo() {
        try (WeirFixture weir = setup().set("query_wait_notify", "1").start();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 1"));
            assertThat(waiter.read().type()).isEqualTo('N');
            holder.run("COMMIT");
            waiter.expect("TDCZ");
        }
    }

    @Test
    void idleTransactionTimeoutEndsTheTransaction() {
        try (WeirFixture weir = setup().set("idle_transaction_timeout", "0.3").start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient next = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            assertThat(client.expectFatal().sqlState()).isEqualTo("25P03");
            assertThat(next.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aQueryWithinATransactionIsNotIdle() {
        try (WeirFixture weir = setup().set("idle_transaction_timeout", "0.3").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            client.run("SELECT pg_sleep(0.7)");
            client.run("COMMIT");
        }
    }

    @Test
    void transactionTimeoutEndsABusyTransaction() {
        try (WeirFixture weir = setup().set("transaction_timeout", "0.4").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            client.send(Frontend.query("SELECT pg_sleep(60), 'endless'"));
            assertThat(firstError(client).sqlState()).isIn("25P04", "57014");
            awaitNoBackendRuns("endless");
        }
    }

    @Test
    void clientIdleTimeoutEndsClientsOutsideOfTransactionsOnly() {
        try (WeirFixture weir = setup().set("client_idle_timeout", "0.4")
                        .set("default_pool_size", "2")
                        .start();
                RawClient idle = weir.connect(Accounts.APP);
                RawClient busy = weir.connect(Accounts.APP)) {
            busy.run("BEGIN");
            assertThat(idle.expectFatal().sqlState()).isEqualTo("57P05");
            assertThat(busy.value("SELECT 'still there'")).isEqualTo("still there");
            busy.run("COMMIT");
        }
    }

    @Test
    void theTimeoutOfAUserGoesBeforeTheGlobalOne() {
        try (WeirFixture weir = setup().set("query_timeout", "60")
                        .user("app", "query_timeout=0.3")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(30)"));
            assertThat(firstError(client).sqlState()).isEqualTo("57014");
        }
    }
}
