package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What an entry of `[databases]` says about its server connections.
@ExtendWith(LeakGuard.class)
final class DatabaseSettingsIT {

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared());
    }

    @Test
    void serverConnectionsBeginWithTheDatabasesOwnParameters() {
        try (WeirFixture weir = setup().databaseMore(
                                Accounts.DATABASE,
                                "client_encoding=LATIN1 datestyle='SQL, DMY' timezone=Asia/Tokyo application_name=shop")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.parameters())
                    .containsEntry("client_encoding", "LATIN1")
                    .containsEntry("DateStyle", "SQL, DMY")
                    .containsEntry("TimeZone", "Asia/Tokyo")
                    .containsEntry("application_name", "shop");
            assertThat(client.value("SHOW datestyle")).isEqualTo("SQL, DMY");
            assertThat(client.value("SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"))
                    .isEqualTo("shop");
        }
    }

    @Test
    void theClientsOwnParametersGoBeforeTheDatabases() {
        try (WeirFixture weir = setup().databaseMore(Accounts.DATABASE, "timezone=Asia/Tokyo application_name=shop")
                        .start();
                RawClient client = weir.connect(Accounts.APP.with("application_name", "till"));
                RawClient other = weir.connect(Accounts.APP)) {
            assertThat(client.value("SHOW application_name")).isEqualTo("till");
            assertThat(client.value("SHOW timezone")).isEqualTo("Asia/Tokyo");
            assertThat(other.value("SHOW application_name")).isEqualTo("shop");
        }
    }

    @Test
    void theDatabasesWaitGoesBeforeTheGlobalOne() {
        try (WeirFixture weir = setup().set("default_pool_size", "1")
                        .set("query_wait_timeout", "600")
                        .databaseMore(Accounts.DATABASE, "query_wait_timeout=1")
                        .start();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 1"));
            assertThat(waiter.expectFatal().text()).isEqualTo("query_wait_timeout");
            holder.run("COMMIT");
        }
    }

    private static Set<String> hostsUsed(WeirFixture weir) {
        Set<String> hosts = new HashSet<>();
        try (RawClient console = weir.console()) {
            Shown.rows(console, "SHOW SERVERS").forEach(row -> hosts.add(String.valueOf(row.get("addr"))));
        }
        return hosts;
    }

    private static WeirFixture.Setup hosts(String hosts, String balance) {
        return WeirFixture.overPort(TestPostgres.shared().port())
                .database(
                        Accounts.DATABASE,
                        "host=" + hosts + " port=" + TestPostgres.shared().port() + " load_balance_hosts=" + balance);
    }

    private static void openThree(WeirFixture weir) {
        try (RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP);
                RawClient third = weir.connect(Accounts.APP)) {
            first.run("BEGIN");
            second.run("BEGIN");
            third.run("BEGIN");
        }
    }

    @Test
    void hostsAreUsedInTurnOrTheFirstAsLongAsItWorks() {
        try (WeirFixture weir = hosts("127.0.0.1,localhost", "round-robin").start();
                RawClient console = weir.console()) {
            openThree(weir);
            assertThat(Shown.rows(console, "SHOW DATABASES"))
                    .filteredOn(row -> row.get("name").equals("app"))
                    .allMatch(row -> "round-robin".equals(row.get("load_balance_hosts")));
        }
        try (WeirFixture weir = hosts("127.0.0.1,192.0.2.1", "disable").start()) {
            openThree(weir);
            assertThat(hostsUsed(weir)).containsExactly("127.0.0.1");
        }
    }

    @Test
    void aDeadHostIsPassedOver() {
        // Nobody listens at the first: the attempt fails at once, and is not made again before its pause is over.
        try (WeirFixture weir = hosts("127.0.0.2,127.0.0.1", "disable")
                        .set("server_login_retry", "60")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 'found'")).isEqualTo("found");
            assertThat(hostsUsed(weir)).containsExactly("127.0.0.1");
        }
    }
}
