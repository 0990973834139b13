package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// SUSPEND: who has come to rest stays connected and is not read until RESUME; who has not is dropped in the end.
@ExtendWith(LeakGuard.class)
final class SuspendIT {

    private static final Duration A_WHILE = Duration.ofMillis(200);

    private static WeirFixture.Setup setup(String suspendTimeout) {
        return WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .set("suspend_timeout", suspendTimeout);
    }

    @Test
    void idleClientsAreHeldAndServedAfterResume() {
        try (WeirFixture weir = setup("60").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            String backend = client.value("SELECT pg_backend_pid()");
            console.run("SUSPEND");
            assertThat(state(console)).containsEntry("suspended", "yes");

            client.send(Frontend.query("SELECT pg_backend_pid()"));
            try (RawClient late = weir.connect(Accounts.OTHER)) {
                late.send(Frontend.query("SELECT 'late'"));
                assertThat(late.hasNews(A_WHILE)).isFalse();
                assertThat(client.hasNews(A_WHILE)).isFalse();
                assertThat(console.error("SUSPEND").text()).contains("already suspended/paused");

                console.run("RESUME");
                assertThat(late.readUntilReady()).anyMatch(message -> message.type() == 'D');
            }
            assertThat(client.readUntilReady().toString()).contains(backend);
            assertThat(state(console)).containsEntry("suspended", "no");
        }
    }

    @Test
    void aRunningQueryIsNeitherAwaitedNorLost() {
        try (WeirFixture weir = setup("60").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP);
                RawClient observer = TestPostgres.shared().superuser("postgres")) {
            client.run("BEGIN");
            client.send(Frontend.query("SELECT pg_advisory_xact_lock(4711), 'answer'"));
            client.readUntilReady();
            try (RawClient blocked = weir.connect(Accounts.APP.to(Accounts.OTHER_DATABASE))) {
                blocked.send(Frontend.query("SELECT pg_sleep(0.5), 'woken'"));
                await().until(() -> sleepers(observer) == 1);
                console.run("SUSPEND");
                await().until(() -> sleepers(observer) == 0);
                assertThat(blocked.hasNews(A_WHILE)).isFalse();
                console.run("RESUME");
                assertThat(blocked.readUntilReady().toString()).contains("woken");
            }
            client.run("COMMIT");
        }
    }

    private static int sleepers(RawClient observer) {
        return Integer.parseInt(observer.value("SELECT count(*) FROM pg_stat_activity WHERE datname = 'other'"
                + " AND state = 'active' AND query LIKE '%woken%'"));
    }

    @Test
    void whoWaitsForAServerIsDroppedAfterTheTimeout() {
        try (WeirFixture weir = setup("0.3").start();
                RawClient console = weir.console();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 1"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");

            console.run("SUSPEND");
            Message last = waiter.expectFatal();
            assertThat(last.sqlState()).isEqualTo("57P01");
            assertThat(last.text()).contains("suspend_timeout");

            console.run("RESUME");
            holder.run("COMMIT");
        }
    }

    @Test
    void whoDoesNotTakeItsAnswerIsDroppedAfterTheTimeout() {
        try (WeirFixture weir = setup("0.3").start();
                RawClient console = weir.console();
                RawClient observer = TestPostgres.shared().superuser("postgres");
                RawClient lazy = RawClient.open(weir.tcp());
                RawClient other = weir.connect(Accounts.OTHER)) {
            lazy.wire().smallReceiveBuffer();
            lazy.login(Accounts.APP);
            lazy.send(Frontend.query("SELECT repeat('x', 1000000) FROM generate_series(1, 40)"));
            other.run("SELECT 1");
            await().until(() -> observer.value("SELECT count(*) FROM pg_stat_activity WHERE datname = 'app'"
                            + " AND wait_event = 'ClientWrite'")
                    .equals("1"));

            console.run("SUSPEND");
            lazy.wire().readToEnd();
            console.run("RESUME");
            assertThat(other.value("SELECT 'still here'")).isEqualTo("still here");
        }
    }

    @Test
    void withoutATimeoutItWaitsAndCanBeTakenBack() {
        try (WeirFixture weir = setup("0").start();
                RawClient console = weir.console();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient waiter = weir.connect(Accounts.APP)) {
            holder.run("BEGIN");
            waiter.send(Frontend.query("SELECT 'served'"));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");

            console.send(Frontend.query("SUSPEND"));
            assertThat(console.hasNews(A_WHILE)).isFalse();
            console.cancel();
            List<Message> answer = console.readUntilReady();
            assertThat(answer.getFirst().sqlState()).isEqualTo("57014");
            assertThat(state(console)).containsEntry("suspended", "no");

            holder.run("COMMIT");
            assertThat(waiter.readUntilReady().toString()).contains("served");
        }
    }

    @Test
    void aMessageThatHasBegunIsReadToItsEnd() {
        try (WeirFixture weir = setup("60").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            byte[] query = Frontend.query("SELECT length('" + "x".repeat(300_000) + "')");
            int half = query.length / 2;
            client.send(Arrays.copyOf(query, half));
            await().until(() -> "active".equals(stateOf(console)));

            console.send(Frontend.query("SUSPEND"));
            assertThat(console.hasNews(A_WHILE)).isFalse();
            client.send(Arrays.copyOfRange(query, half, query.length));
            console.readUntilReady();
            assertThat(state(console)).containsEntry("suspended", "yes");

            console.run("RESUME");
            assertThat(client.readUntilReady().toString()).contains("300000");
        }
    }

    private static String stateOf(RawClient console) {
        return Shown.rows(console, "SHOW CLIENTS").stream()
                .filter(client -> "app".equals(client.get("user")))
                .map(client -> client.get("state"))
                .findFirst()
                .orElse("");
    }

    private static Map<String, String> state(RawClient console) {
        return Shown.rows(console, "SHOW STATE").stream()
                .collect(Collectors.toMap(
                        row -> String.valueOf(row.get("key")), row -> String.valueOf(row.get("value"))));
    }
}
