package dev.weir.proxy.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Load tests of a real pooler: what they report has happened.
@ExtendWith(LeakGuard.class)
class LoadTestIT {

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "4")
                .set("max_client_conn", "40")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "complex", "mixed"})
    void everyRequestIsAnswered(String type) throws Exception {
        Workload workload = switch (type) {
            case "simple" -> Workload.simple();
            case "complex" -> Workload.complex();
            default -> Workload.mixed();
        };
        List<Sample> told = new ArrayList<>();

        LoadResult result = run(Accounts.APP, plan(20, 50, 0, workload), sample -> {
            told.add(sample);
            return sample.connections() == 20 && sample.query().count() >= 20;
        });

        assertThat(result.failures()).isZero();
        assertThat(result.successPercent()).isEqualTo(100);
        assertThat(result.successes()).isGreaterThanOrEqualTo(result.answered()).isPositive();
        assertThat(result.peakConnections()).isEqualTo(20);
        assertThat(result.acquisition().count()).isEqualTo(20);
        assertThat(result.query().count()).isEqualTo(result.answered());
        assertThat(told).isEqualTo(result.samples()).isNotEmpty();
        assertThat(result.target()).contains("app@").doesNotContain("app-secret");
    }

    @Test
    void clientsConnectAnewAsOftenAsTheyAreTold() throws Exception {
        LoadResult result = run(
                Accounts.APP,
                plan(5, 0, 10, Workload.simple()),
                sample -> sample.acquisition().count() > 5);

        assertThat(result.failures()).isZero();
        assertThat(result.acquisition().count()).isGreaterThanOrEqualTo(result.successes() / 10);
        assertThat(result.peakConnections()).isLessThanOrEqualTo(5);
    }

    @Test
    void refusedConnectionsAreFailuresWithTheirReason() throws Exception {
        Login wrong = new Login("app", "wrong", Accounts.DATABASE);

        LoadResult result = run(wrong, plan(3, 50, 0, Workload.simple()), sample -> sample.failures() > 0);

        assertThat(result.successes()).isZero();
        assertThat(result.failures()).isPositive();
        assertThat(result.errors().keySet()).singleElement().asString().contains("password authentication failed");
        assertThat(result.peakConnections()).isZero();
    }

    @Test
    void tooManyClientsShowInTheErrors() throws Exception {
        LoadResult result = run(
                Accounts.APP,
                plan(60, 50, 0, Workload.simple()),
                sample -> sample.failures() > 0 && sample.query().count() > 0);

        assertThat(result.peakConnections()).isLessThanOrEqualTo(40);
        assertThat(result.errors().keySet()).anyMatch(error -> error.contains("max_client_conn"));
        assertThat(result.successes()).isPositive();
    }

    @Test
    void failedStatementsDoNotEndAClient() throws Exception {
        Workload failing = new Workload(
                "failing",
                List.of(
                        new Workload.Choice(1, List.of("SELECT 1"), false),
                        new Workload.Choice(1, List.of("BEGIN", "SELECT 1/0", "COMMIT"), false),
                        new Workload.Choice(1, List.of("SELECT 1", "SELECT 1/0"), true),
                        new Workload.Choice(1, List.of("SELECT '{1}'::jsonb ? '1', 1/0"), false)));

        LoadResult result = run(
                Accounts.APP, plan(4, 10, 0, failing), sample -> sample.connections() == 4 && sample.failures() > 50);

        assertThat(result.successes()).isPositive();
        assertThat(result.errors().keySet()).contains("22012 ERROR: division by zero");
        assertThat(result.errors().keySet()).noneMatch(error -> error.startsWith("25P02"));
        assertThat(result.acquisition().count()).isEqualTo(4);
    }

    @Test
    void aStallShowsInEveryRequestThatItHeldUp() throws Exception {
        AtomicReference<Double> pausedAt = new AtomicReference<>(0.0);
        try (RawClient console = weir.console()) {
            LoadResult result = run(Accounts.APP, plan(2, 20, 0, Workload.simple()), sample -> {
                if (pausedAt.get() == 0 && sample.query().count() > 20) {
                    console.run("PAUSE");
                    pausedAt.set(sample.second());
                } else if (pausedAt.get() > 0 && sample.second() > pausedAt.get() + 1.5) {
                    console.query("RESUME");
                    return sample.query().count() > 20;
                }
                return false;
            });

            assertThat(result.failures()).isZero();
            assertThat(result.query().max()).isGreaterThan(1000);
            // all that was due in that time, not only the two that were under way
            assertThat(result.samples())
                    .anyMatch(sample ->
                            sample.query().count() > 20 && sample.query().p50() > 200);
        }
    }

    /** Runs until there is enough. */
    private LoadResult run(Login login, LoadPlan plan, Predicate<Sample> enough) throws InterruptedException {
        AtomicReference<LoadRun> run = new AtomicReference<>();
        run.set(new LoadRun(target(login), plan, sample -> {
            if (enough.test(sample)) {
                run.get().stop();
            }
        }));
        return run.get().run();
    }

    private LoadTarget target(Login login) {
        return LoadTarget.of("postgresql://" + login.user() + ":" + login.password() + "@127.0.0.1:" + weir.port() + "/"
                + login.database());
    }

    private static LoadPlan plan(int clients, int intervalMillis, int perConnection, Workload what) {
        return new LoadPlan(
                clients, Duration.ofMinutes(2), Duration.ZERO, Duration.ofMillis(intervalMillis), perConnection, what);
    }
}
