package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hundreds of clients with unique markers through a few servers: no client ever sees bytes, parameters or transaction
/// state of another, and nothing is left over in the end.
@ExtendWith(LeakGuard.class)
class IsolationIT {
    private static final int CLIENTS = 200;
    private static final Duration RUN = Duration.ofSeconds(6);

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session", "statement"})
    void noClientEverSeesAnother(String mode) throws InterruptedException {
        long seed = System.nanoTime();
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .set("pool_mode", mode)
                .set("auth_type", "md5")
                .set("default_pool_size", "5")
                .set("max_prepared_statements", "20")
                .start()) {
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            AtomicLong actions = new AtomicLong();
            long end = System.nanoTime() + RUN.toNanos();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                MarkedClient client =
                        new MarkedClient(weir.tcp(), "client-" + i, new Random(seed + i), !mode.equals("statement"));
                threads.add(Thread.ofPlatform().name("client " + i).start(() -> {
                    try {
                        while (System.nanoTime() < end && failures.isEmpty()) {
                            actions.addAndGet(client.session());
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).as("seed %d", seed).isEmpty();
            assertThat(actions.get()).isGreaterThan(CLIENTS);
            assertNothingIsLeft(weir);
        }
    }

    private static void assertNothingIsLeft(WeirFixture weir) {
        weir.awaitPool(Accounts.DATABASE, "app", "cl_active", "0");
        weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "0");
        weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "0");
        Awaitility.await("clean servers").atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            try (var observer = TestPostgres.shared().superuser("postgres")) {
                assertThat(observer.rows("SELECT pid, state, query FROM pg_stat_activity WHERE datname = 'app'"
                                + " AND state <> 'idle'"))
                        .isEmpty();
            }
            try (var console = weir.console()) {
                assertThat(TestPostgres.shared().backends("app"))
                        .as("known to the pooler: %s", Shown.rows(console, "SHOW SERVERS"))
                        .hasSizeLessThanOrEqualTo(5);
            }
        });
    }
}
