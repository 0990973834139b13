package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Servers that end although nobody here wanted it are counted; those that Weir closes are not.
final class LostServersIT {

    private static final String LOST = "weir_servers_lost_total{database=\"app\",user=\"app\"} ";

    @Test
    void whatPostgresEndsIsCounted() {
        TestPostgres postgres = TestPostgres.shared();
        try (WeirFixture weir = WebPages.in(WeirFixture.over(postgres)).start();
                WebPages pages = WebPages.of(weir);
                RawClient console = weir.console();
                RawClient superuser = postgres.superuser(Accounts.DATABASE)) {
            try (RawClient client = weir.connect(Accounts.APP)) {
                assertThat(client.value("SELECT 1")).isEqualTo("1");
                console.run("RECONNECT");
                assertThat(client.value("SELECT 1")).isEqualTo("1");
                assertThat(pages.get("/metrics")).contains(LOST + "0.0");

                String idle = client.value("SELECT pg_backend_pid()");
                superuser.run("SELECT pg_terminate_backend(" + idle + ")");
                Awaitility.await()
                        .untilAsserted(() -> assertThat(pages.get("/metrics")).contains(LOST + "1.0"));
            }
            try (RawClient client = weir.connect(Accounts.APP)) {
                client.run("BEGIN");
                String busy = client.value("SELECT pg_backend_pid()");
                superuser.run("SELECT pg_terminate_backend(" + busy + ")");
                Awaitility.await()
                        .untilAsserted(() -> assertThat(pages.get("/metrics")).contains(LOST + "2.0"));
            }
        }
    }
}
