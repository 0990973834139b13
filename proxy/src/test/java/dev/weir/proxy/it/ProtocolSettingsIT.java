package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Settings that forbid parts of the protocol, and what is logged of it.
@ExtendWith(LeakGuard.class)
final class ProtocolSettingsIT {

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared()).set("compatibility", "pgbouncer");
    }

    @Test
    void simpleQueriesCanBeDisallowed() {
        try (WeirFixture weir = setup().set("disable_pqexec", "1").start()) {
            try (RawClient client = weir.connect(Accounts.APP)) {
                assertThat(client.extended("SELECT 'prepared'").toString()).contains("prepared");
                client.send(Frontend.query("SELECT 1; SELECT 2"));
                Message last = client.expectFatal();
                assertThat(last.text()).isEqualTo("PQexec disallowed");
                assertThat(last.sqlState()).isEqualTo("08P01");
            }
            try (RawClient console = weir.console()) {
                console.run("SHOW POOLS"); // the console speaks it all the same
            }
        }
    }

    @Test
    void aMessageOverTheLimitEndsItsConnection() {
        try (WeirFixture weir = setup().set("max_packet_size", "4096").start()) {
            try (RawClient client = weir.connect(Accounts.APP)) {
                assertThat(client.value("SELECT length('" + "x".repeat(4000) + "')"))
                        .isEqualTo("4000");
                client.send(Frontend.query("SELECT length('" + "x".repeat(5000) + "')"));
                assertThat(client.expectFatal().text()).contains("max_packet_size");
            }
            try (RawClient client = weir.connect(Accounts.APP)) {
                // What a server says is not limited by it.
                assertThat(client.value("SELECT repeat('y', 100000)")).hasSize(100_000);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "log_connections, login attempt",
        "log_disconnections, closing because",
        "log_pooler_errors, pooler error"
    })
    void eachKindOfLineCanBeSwitchedOff(String setting, String text) {
        assertThat(linesWith(setting, "1", text)).isPositive();
        assertThat(linesWith(setting, "0", text)).isZero();
    }

    private static long linesWith(String setting, String value, String text) {
        try (LogLines log = LogLines.of("dev.weir.proxy.client");
                WeirFixture weir = setup().set(setting, value).start()) {
            weir.connect(Accounts.APP).close();
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.tryLogin(Accounts.APP.password("wrong"));
                assertThat(client.readToEnd()).isEmpty();
            }
            return log.lines().stream().filter(line -> line.contains(text)).count();
        }
    }
}
