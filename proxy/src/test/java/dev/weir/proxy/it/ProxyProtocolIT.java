package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A load balancer in front that tells where clients come from.
@ExtendWith(LeakGuard.class)
final class ProxyProtocolIT {

    private static final byte[] HEADER =
            "PROXY TCP4 192.0.2.7 10.0.0.1 56324 6432\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void theClientsOwnAddressIsShownAndLogged() {
        try (LogLines log = LogLines.of("dev.weir.proxy.client");
                WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                        .set("proxy_protocol_networks", "127.0.0.0/8")
                        .set("application_name_add_host", "1")
                        .start();
                RawClient client = RawClient.open(weir.tcp());
                RawClient console = RawClient.connect(weir.unix(), WeirFixture.ADMIN)) {
            client.send(HEADER);
            client.login(Accounts.APP);
            assertThat(client.value("SELECT current_setting('application_name')"))
                    .isEqualTo("app - 192.0.2.7:56324");
            assertThat(Shown.rows(console, "SHOW CLIENTS"))
                    .filteredOn(row -> row.get("database").equals("app"))
                    .allSatisfy(row -> assertThat(row)
                            .containsEntry("addr", "192.0.2.7")
                            .containsEntry("port", "56324")
                            .containsEntry("local_addr", "127.0.0.1"))
                    .hasSize(1);
            assertThat(log.lines()).anyMatch(line -> line.contains("app/app@192.0.2.7:56324 login attempt: "));
        }
    }

    @Test
    void rulesAreForTheClientsOwnAddress() {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .set("proxy_protocol_networks", "127.0.0.0/8")
                .hba(
                        "local all all scram-sha-256",
                        "host app app 192.0.2.0/24 trust",
                        "host app all 127.0.0.0/8 trust",
                        "host all all all reject")
                .start()) {
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(HEADER);
                client.login(Accounts.APP.password("not asked for"));
                assertThat(client.value("SELECT 1")).isEqualTo("1");
            }
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(HEADER);
                assertThat(client.tryLogin(Accounts.OTHER).getLast().text())
                        .contains("pg_hba.conf rejects connection for host \"192.0.2.7\", user \"other\"");
            }
        }
    }

    @Test
    void aHeaderIsNeededFromThereAndTakenFromNowhereElse() {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .set("proxy_protocol_networks", "127.0.0.1")
                .start()) {
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(Accounts.APP.startupMessage());
                assertThat(client.readToEnd()).isEmpty();
            }
            try (RawClient client = RawClient.open(weir.unix())) {
                client.login(Accounts.APP); // no network, no header
                assertThat(client.value("SELECT 1")).isEqualTo("1");
            }
        }
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .set("proxy_protocol_networks", "10.0.0.0/8, fd00::/8")
                .start()) {
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(HEADER);
                assertThat(client.expectFatal().sqlState()).isEqualTo("08P01");
            }
            try (RawClient client = weir.connect(Accounts.APP)) {
                assertThat(client.value("SELECT 1")).isEqualTo("1");
            }
        }
    }
}
