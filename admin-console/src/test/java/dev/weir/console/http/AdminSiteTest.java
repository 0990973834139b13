package dev.weir.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.PoolMode;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.HttpSettings;
import dev.weir.console.InMemoryPooler;
import dev.weir.console.TestConfig;
import dev.weir.console.alert.Watch;
import dev.weir.console.json.JsonTree;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Health, and who may know what.
final class AdminSiteTest {

    private static final long SECOND = 1_000_000_000L;

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final List<String> probed = new ArrayList<>();
    private WeirConfig config = TestConfig.empty();
    private final Watch watch = new Watch(pooler, () -> config, 6432);
    private final AdminSite site = new AdminSite(pooler, probed::add, () -> config, watch);

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void isReadyWhenNothingWasAskedOfItYet() {
        database("app", false, false);
        assertReady(null, 200, "ready");
        assertThat(body("/health/ready", null)).contains("\"database\":\"app\",\"status\":\"ready\",\"reason\":null");
    }

    @Test
    void isDegradedWhenAClientWaitsForLongerThanTheDeadline() {
        database("app", false, false);
        pool("app", 20, 5, SECOND, null);
        assertReady("app", 200, "ready");
        pooler.pools.clear();
        pool("app", 20, 5, 3 * SECOND, null);
        assertReady("app", 200, "degraded");
        assertThat(body("/health/ready", "database=app"))
                .contains("u: 5 clients wait, the first for 3.0 s: all 20 servers are busy");
        config = TestConfig.with(HttpSettings.READY_DEADLINE, Duration.ofSeconds(4));
        assertReady("app", 200, "ready");
    }

    @Test
    void isUnavailableWithoutAServerAndTriesAgain() {
        database("app", false, false);
        database("other", false, false);
        pool("app", 0, 1, SECOND, "connection refused");
        assertReady("app", 503, "unavailable");
        assertThat(body("/health/ready", "database=app")).contains("no server for anybody: connection refused");
        assertThat(probed).isNotEmpty().containsOnly("app");
        // The other one works, so this pooler is of use.
        assertReady(null, 200, "degraded");
        assertReady("other", 200, "ready");
        pool("other", 0, 1, SECOND, "connection refused");
        assertReady(null, 503, "unavailable");
    }

    @Test
    void oneUserWithoutAServerDoesNotTakeTheDatabaseAwayFromOthers() {
        database("app", false, false);
        pool("app", 0, 0, 0, "password authentication failed");
        pool("app", 3, 0, 0, null);
        assertReady("app", 200, "degraded");
    }

    @Test
    void whatAnOperatorHasOrderedIsNoFailure() {
        database("app", true, false);
        pool("app", 0, 1, 60 * SECOND, "connection refused");
        assertReady("app", 200, "paused");
        assertReady(null, 200, "paused");
        pooler.databases.clear();
        database("app", false, true);
        assertReady("app", 503, "disabled");
        database("other", false, false);
        assertReady(null, 200, "ready");
        assertThat(probed).isEmpty();
    }

    @Test
    void isNotReadyWhenItShutsDownOrDoesNotAnswer() {
        database("app", false, false);
        pooler.state = new PoolerState(false, false, true, 0);
        assertReady(null, 503, "shutting_down");
        assertReady("app", 503, "shutting_down");
        assertThat(get("/health/live", null).status()).isEqualTo(200);
        pooler.silent = true;
        config = TestConfig.with(HttpSettings.READY_DEADLINE, Duration.ofMillis(20));
        assertReady(null, 503, "not_responding");
        assertThat(get("/health/live", null).status()).isEqualTo(503);
    }

    @Test
    void tellsWhatDatabasesThereAreNot() {
        assertThat(get("/health/ready", "database=nowhere").status()).isEqualTo(404);
        assertThat(get("/health/ready", "db=nowhere").status()).isEqualTo(400);
    }

    @Test
    void whoBringsNoCredentialsIsToldTheStatusAlone() {
        database("app", false, false);
        config = TestConfig.with(HttpSettings.HTTP_BEARER_TOKEN, new Secret("t0ken"));
        assertThat(body("/health/ready", null)).isEqualTo("{\"status\":\"ready\"}");
        assertThat(body("/health/live", null)).isEqualTo("{\"status\":\"ready\"}");
        for (String path : List.of("/", "/metrics", "/api/pools", "/api/openapi.json", "/dashboard.js", "/nowhere")) {
            Response refused = get(path, null);
            assertThat(refused.status()).as(path).isEqualTo(401);
            assertThat(refused.headers().get("WWW-Authenticate")).contains("Basic", "Bearer");
        }
        Response admitted = site.get("/api/config", null, null, "Bearer t0ken");
        assertThat(admitted.status()).isEqualTo(200);
        assertThat(site.get("/health/ready", null, null, "Bearer t0ken").body())
                .asString(StandardCharsets.UTF_8)
                .contains("\"database\":\"app\"");
    }

    private void assertReady(@Nullable String database, int httpStatus, String status) {
        Response response = get("/health/ready", database == null ? null : "database=" + database);
        assertThat(response.status()).isEqualTo(httpStatus);
        assertThat(JsonTree.object(response.body())).containsEntry("status", status);
    }

    private Response get(String path, @Nullable String query) {
        return site.get(path, query, null, null);
    }

    private String body(String path, @Nullable String query) {
        return new String(get(path, query).body(), StandardCharsets.UTF_8);
    }

    private void database(String name, boolean paused, boolean disabled) {
        pooler.databases.add(new DatabaseSnapshot(
                name, "db1", 5432, name, null, 20, 0, 0, 3600, null, null, 0, 0, 0, 0, paused, disabled, null));
    }

    private void pool(String database, int busy, int waiting, long waitNanos, @Nullable String failure) {
        pooler.pools.add(new PoolSnapshot(
                database,
                "u",
                PoolMode.TRANSACTION,
                20,
                0,
                waiting,
                0,
                0,
                busy,
                0,
                0,
                0,
                0,
                0,
                0,
                waitNanos,
                null,
                failure));
    }
}
