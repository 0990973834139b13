package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Timeouts that a client chooses for its own statements do not concern what the pooler asks and
/// sets between two of them.
@ExtendWith(LeakGuard.class)
final class ShortTimeoutIT {

    private final TestPostgres postgres = TestPostgres.shared(18);

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres)
                .set("default_pool_size", "1")
                .set("workers", "1")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    /// Its own statements may well take longer than it allows.
    private static String patiently(RawClient client, String sql) {
        while (true) {
            List<Message> answer = client.query(sql);
            if (answer.stream().noneMatch(message -> message.type() == 'E')) {
                return String.valueOf(answer.get(1).columns().getFirst());
            }
        }
    }

    @Test
    void aTimeoutOfAMillisecondPinsNobodyUnderLoad() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            busy.add(Thread.ofPlatform().start(() -> {
                try (RawClient direct = RawClient.connect(postgres.tcp(), Accounts.APP)) {
                    while (!over.get()) {
                        direct.run("SELECT count(*) FROM generate_series(1, 20000)");
                    }
                }
            }));
        }
        try (RawClient console = weir.console();
                RawClient hasty = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 30; i++) {
                hasty.query("SET statement_timeout = 1");
                hasty.query("SET work_mem = '" + (3000 + i) + "kB'");
                assertThat(other.value("SHOW statement_timeout")).isEqualTo("0");
                assertThat(other.value("SHOW work_mem")).isEqualTo("4MB");
                assertThat(console.rows("SHOW PINS")).isEmpty();
                hasty.query("RESET statement_timeout");
            }
        } finally {
            over.set(true);
            for (Thread thread : busy) {
                thread.join();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"statement_timeout", "lock_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"
            })
    void aShortTimeoutFollows(String name) {
        try (RawClient hasty = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            hasty.run("SET " + name + " = '50ms'");
            for (int i = 0; i < 3; i++) {
                assertThat(other.value("SHOW " + name)).isEqualTo("0");
                assertThat(patiently(hasty, "SHOW " + name)).isEqualTo("50ms");
            }
            hasty.query("BEGIN; SET LOCAL " + name + " = '7s'; COMMIT");
            assertThat(patiently(hasty, "SHOW " + name)).isEqualTo("50ms");
            hasty.query("RESET " + name);
            assertThat(patiently(hasty, "SHOW " + name)).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500ms", "'5 s', 5s", "60000, 1min", "90min, 90min", "2h, 2h", "48h, 2d", "0, 0", "'1.5min', 90s"
    })
    void everyUnitIsUnderstood(String value, String shown) {
        try (RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP.with("options", "-c statement_timeout=3min"))) {
            for (String name : List.of("statement_timeout", "lock_timeout", "transaction_timeout")) {
                client.run("SET " + name + " = '" + value + "'");
                assertThat(other.value("SHOW statement_timeout")).isEqualTo("3min");
                assertThat(client.value("SHOW " + name)).isEqualTo(shown);
            }
            other.run("SET statement_timeout = '" + value + "'");
            assertThat(client.value("SHOW statement_timeout")).isEqualTo(shown);
            assertThat(other.value("SHOW statement_timeout")).isEqualTo(shown);
            other.run("RESET statement_timeout");
            assertThat(client.value("SHOW statement_timeout")).isEqualTo(shown);
            assertThat(other.value("SHOW statement_timeout")).isEqualTo("3min");
        }
    }

    /// Where the role has one by default, zero is a choice.
    @Test
    void noneAtAllFollowsWhereThereIsADefault() {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            admin.run("ALTER ROLE other SET statement_timeout = '20s'");
            try (RawClient client = weir.connect(Accounts.OTHER);
                    RawClient other = weir.connect(Accounts.OTHER)) {
                client.run("SET statement_timeout = 0");
                assertThat(other.value("SHOW statement_timeout")).isEqualTo("20s");
                assertThat(client.value("SHOW statement_timeout")).isEqualTo("0");
            } finally {
                admin.run("ALTER ROLE other RESET statement_timeout");
            }
        }
    }

    /// What the next client's settings are brought about by must not be stopped by the last one's timeout.
    @Test
    void theNextClientIsNotHurried() {
        try (RawClient hasty = weir.connect(Accounts.APP.with("options", "-c statement_timeout=1"));
                RawClient other = weir.connect(Accounts.APP.with("search_path", "pg_catalog"))) {
            for (int i = 0; i < 30; i++) {
                hasty.query("SELECT 1");
                other.send(Frontend.query("SHOW statement_timeout"));
                assertThat(other.expect("TDCZ").get(1).columns()).containsExactly("0");
            }
        }
    }
}
