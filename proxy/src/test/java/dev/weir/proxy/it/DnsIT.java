package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.FakeDns;
import dev.weir.proxy.testkit.FakePostgres;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Servers that are found by name, with a DNS server that changes its mind.
@ExtendWith(LeakGuard.class)
@EnabledOnOs(OS.LINUX) // the whole of 127.0.0.0/8 is this machine
final class DnsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ONE = "127.0.0.1";
    private static final String TWO = "127.0.0.2";
    private static final String NAME = "db.weir.example";

    @TempDir
    Path directory;

    private FakeDns dns;
    private FakePostgres one;
    private FakePostgres two;

    @BeforeEach
    void start() {
        dns = FakeDns.start();
        one = FakePostgres.start(ONE, 0, answering(ONE));
        two = FakePostgres.start(TWO, one.port(), answering(TWO));
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        dns.close();
    }

    /// Says where it is.
    private static FakePostgres.Script answering(String address) {
        return session -> {
            session.welcome();
            boolean open = false;
            while (true) {
                String sql = session.readQuery();
                open = sql.equals("BEGIN") || (open && !sql.equals("COMMIT"));
                session.oneRow(address);
                session.ready(open ? 'T' : 'I');
            }
        };
    }

    private WeirFixture.Setup over(String host, String resolvConf) {
        return WeirFixture.overPort(one.port())
                .database(Accounts.DATABASE, "host=" + host + " port=" + one.port())
                .set("default_pool_size", "2")
                .set("server_login_retry", "0.1")
                .set("dns_max_ttl", "0")
                .set("dns_nxdomain_ttl", "0")
                .set("resolv_conf", dns.resolvConf(directory, resolvConf).toString());
    }

    private static List<String> hosts(WeirFixture weir) {
        try (RawClient console = weir.console()) {
            return Shown.rows(console, "SHOW SERVERS").stream()
                    .map(row -> row.getOrDefault("addr", ""))
                    .toList();
        }
    }

    @Test
    void theAddressesOfANameAreUsedInTurn() {
        dns.tell(NAME, ONE, TWO);
        try (WeirFixture weir = over(NAME, "").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            assertThat(List.of(first.value("BEGIN"), second.value("BEGIN"))).containsExactlyInAnyOrder(ONE, TWO);
        }
    }

    @Test
    void aChangedSerialNumberOfTheZoneHasItsNamesLookedUpAnew() {
        String name = "db.in.example.test";
        dns.tell(name, ONE).zone("example.test", 2026112101);
        try (WeirFixture weir = over(name, "")
                        .set("dns_zone_check_period", "0.3")
                        .set("dns_max_ttl", "3600")
                        .start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            assertThat(client.value("SELECT 'x'")).isEqualTo(ONE);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(Shown.rows(console, "SHOW DNS_ZONES"))
                            .containsExactly(Map.of("zonename", "example.test", "serial", "2026112101", "count", "1")));

            dns.tell(name, TWO);
            assertThat(client.value("SELECT 'x'")).as("nobody has asked").isEqualTo(ONE);
            dns.zone("example.test", 2026112102);
            // The idle server is at an address that the name has left.
            await().atMost(Duration.ofSeconds(20)).until(() -> hosts(weir).isEmpty());
            assertThat(client.value("SELECT 'x'")).isEqualTo(TWO);
            assertThat(Shown.rows(console, "SHOW DNS_ZONES").getFirst()).containsEntry("serial", "2026112102");
        }
    }

    @Test
    void aServerWhoseAddressHasLeftIsClosedWhenItsClientIsDone() {
        dns.tell(NAME, ONE);
        try (WeirFixture weir = over(NAME, "").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            assertThat(first.value("BEGIN")).isEqualTo(ONE);
            dns.tell(NAME, TWO);
            assertThat(second.value("SELECT 'x'"))
                    .as("a new connection asks anew")
                    .isEqualTo(TWO);
            assertThat(hosts(weir)).containsExactlyInAnyOrder(ONE, TWO);

            assertThat(first.value("SELECT 'x'")).as("still in its transaction").isEqualTo(ONE);
            assertThat(first.value("COMMIT")).isEqualTo(ONE);
            for (int i = 0; i < 5; i++) {
                assertThat(first.value("SELECT 'x'")).isEqualTo(TWO);
            }
            assertThat(hosts(weir)).containsOnly(TWO);
        }
    }

    @Test
    void anIdleServerWhoseAddressHasLeftIsClosed() {
        dns.tell(NAME, ONE);
        try (WeirFixture weir = over(NAME, "").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP);
                RawClient third = weir.connect(Accounts.APP)) {
            first.value("BEGIN");
            second.value("BEGIN");
            first.value("COMMIT");
            second.value("COMMIT");
            assertThat(hosts(weir)).containsExactly(ONE, ONE);

            dns.tell(NAME, TWO);
            weir.reload(setup -> setup.set("default_pool_size", "3"));
            first.value("BEGIN");
            second.value("BEGIN");
            assertThat(third.value("BEGIN")).isEqualTo(TWO);
            first.value("COMMIT");
            second.value("COMMIT");
            Awaitility.await("the old servers are gone")
                    .atMost(PATIENCE)
                    .until(() -> hosts(weir), List.of(TWO)::equals);
        }
    }

    @Test
    void anAliasIsLookedUpAnewWhateverItsTtlSays() {
        dns.tell("primary.weir.example", ONE).tell("standby.weir.example", TWO);
        dns.alias(NAME, "primary.weir.example");
        try (WeirFixture weir = over(NAME, "").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            assertThat(first.value("BEGIN")).isEqualTo(ONE);
            dns.alias(NAME, "standby.weir.example");
            assertThat(second.value("BEGIN")).isEqualTo(TWO);
        }
    }

    @Test
    void aShortNameIsSearchedFor() {
        dns.tell(NAME, TWO);
        try (WeirFixture weir = over("db", "search other.example weir.example").start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 'x'")).isEqualTo(TWO);
        }
    }

    @Test
    void showsWhatIsCachedAndAsksNoMoreThanItMust() {
        dns.tell(NAME, ONE, TWO);
        try (WeirFixture weir = over(NAME, "").set("dns_max_ttl", "3600").start();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            first.value("BEGIN");
            second.value("BEGIN");
            assertThat(dns.asked()).isOne();
            assertThat(Shown.rows(console, "SHOW DNS_HOSTS")).singleElement().satisfies(row -> {
                assertThat(row).containsEntry("hostname", NAME);
                assertThat(Integer.parseInt(row.getOrDefault("ttl", ""))).isBetween(3500, 3600);
                assertThat(row.getOrDefault("addrs", "").split(",")).containsExactlyInAnyOrder(ONE, TWO);
            });
            assertThat(Shown.rows(console, "SHOW DNS_ZONES")).isEmpty();
            assertThat(Shown.rows(console, "SHOW LISTS")).contains(Map.of("list", "dns_names", "items", "1"));
        }
    }

    @Test
    void clientsWaitForANameThatIsNotThereYet() {
        try (WeirFixture weir = over(NAME, "").start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> answer = threads.submit(() -> {
                try (RawClient client = weir.connect(Accounts.APP)) {
                    return client.value("SELECT 'x'");
                }
            });
            Awaitility.await("DNS was asked").atMost(PATIENCE).until(() -> dns.asked() > 0);
            dns.tell(NAME, ONE);
            assertThat(answer).succeedsWithin(PATIENCE).isEqualTo(ONE);
        }
    }

    @Test
    void aFileThatIsNotThereStopsTheStart() {
        assertThatThrownBy(() -> over(NAME, "")
                        .set("resolv_conf", directory.resolve("none").toString())
                        .start())
                .hasRootCauseInstanceOf(NoSuchFileException.class)
                .hasMessage("the pooler does not start")
                .cause()
                .hasMessage("resolv_conf: " + directory.resolve("none") + " does not exist");
    }
}
