package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What stands in `[users]` holds for that user's clients, whatever holds for all others.
@ExtendWith(LeakGuard.class)
final class UserSettingsIT {

    private static WeirFixture.Setup setup(String pairs) {
        return WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .set("query_timeout", "30")
                .user("app", pairs);
    }

    private static String firstError(RawClient client) {
        return client.readUntil('E').getLast().sqlState();
    }

    private static void holdTransactions(WeirFixture weir, int servers) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
            clients.add(weir.connect(Accounts.APP).run("BEGIN"));
        }
        assertThat(weir.pool("app", "app")).containsEntry("sv_active", Integer.toString(servers));
        clients.forEach(RawClient::close);
    }

    @Test
    void queryTimeout() {
        try (WeirFixture weir = setup("query_timeout=0.3").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(20)"));
            assertThat(firstError(client)).isEqualTo("57014");
        }
    }

    @Test
    void transactionTimeout() {
        try (WeirFixture weir = setup("transaction_timeout=0.3").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            assertThat(firstError(client)).isEqualTo("25P04");
        }
    }

    @Test
    void idleTransactionTimeout() {
        try (WeirFixture weir = setup("idle_transaction_timeout=0.3").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("BEGIN");
            assertThat(firstError(client)).isEqualTo("25P03");
        }
    }

    @Test
    void clientIdleTimeout() {
        try (WeirFixture weir = setup("client_idle_timeout=0.3").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1");
            assertThat(firstError(client)).isEqualTo("57P05");
        }
    }

    @Test
    void queryWaitTimeout() {
        try (WeirFixture weir = setup("query_wait_timeout=0.3").start();
                RawClient holder = weir.connect(Accounts.APP).run("BEGIN");
                RawClient waiter = weir.connect(Accounts.APP)) {
            waiter.send(Frontend.query("SELECT 1"));
            assertThat(firstError(waiter)).isEqualTo("53300");
            holder.run("COMMIT");
        }
    }

    @Test
    void poolSize() {
        try (WeirFixture weir = setup("pool_size=3").start()) {
            holdTransactions(weir, 3);
        }
    }

    @Test
    void reservePoolSize() {
        try (WeirFixture weir =
                setup("reserve_pool_size=1").set("reserve_pool_timeout", "0.1").start()) {
            holdTransactions(weir, 2);
        }
    }
}
