package dev.weir.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.InMemoryPooler;
import dev.weir.console.TestConfig;
import dev.weir.console.alert.Watch;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.ListenSnapshot;
import dev.weir.console.port.LoginFailureSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PinCountSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminHttpServerTest {

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Watch watch = new Watch(pooler, TestConfig::empty, 6432);
    private final AdminSite site = new AdminSite(pooler, _ -> {}, TestConfig::empty, watch);
    private AdminHttpServer server;

    @BeforeEach
    void start() throws IOException {
        pooler.pools.add(InMemoryPooler.pool("shop", "alice"));
        pooler.databases.add(InMemoryPooler.database("shop"));
        pooler.listening.add(new ListenSnapshot("shop", "alice", 3, 7));
        pooler.holderCounts.add(new HolderCountSnapshot("shop", "alice", 6, 2, 93_000_000_000L, "billing-api", 8));
        pooler.pinCounts.add(new PinCountSnapshot("shop", "alice", 2, Map.of("advisory lock", 5L)));
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        pooler.stats.add(InMemoryPooler.stats("shop", "bob", 3));
        pooler.settings.put("max_client_conn", "100");
        pooler.settings.put("max_user_connections", "0");
        pooler.loginFailures.add(new LoginFailureSnapshot("shop", "28P01", 4));
        watch.tick(System.nanoTime() + 5_000_000_000L, Instant.now());
        watch.tick(System.nanoTime() + 30_000_000_000L, Instant.now());
        pooler.memory.add(new MemorySnapshot("netty_direct", 0, 0, 0, 4096));
        server = AdminHttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), site);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        site.close();
    }

    @Test
    void tellsPoolsTrafficAndDatabases() throws Exception {
        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body().lines())
                .contains(
                        "# TYPE weir_queries_total counter",
                        "weir_queries_total{database=\"shop\",user=\"alice\"} 30.0",
                        "weir_queries_total{database=\"shop\",user=\"bob\"} 90.0",
                        "weir_query_seconds_total{database=\"shop\",user=\"alice\"} 0.03",
                        "weir_pool_clients{database=\"shop\",state=\"waiting\",user=\"alice\"} 2.0",
                        "weir_pool_servers{database=\"shop\",state=\"login\",user=\"alice\"} 11.0",
                        "weir_listen_channels{database=\"shop\",user=\"alice\"} 3.0",
                        "weir_notifications_total{database=\"shop\",user=\"alice\"} 7.0",
                        "weir_pinned_servers{database=\"shop\",user=\"alice\"} 2.0",
                        "weir_idle_in_transaction_clients{database=\"shop\",user=\"alice\"} 6.0",
                        "weir_leaking_clients{database=\"shop\",user=\"alice\"} 2.0",
                        "weir_slow_queries_total{database=\"shop\",user=\"alice\"} 8.0",
                        "weir_pins_total{database=\"shop\",reason=\"advisory lock\",user=\"alice\"} 5.0",
                        "weir_pool_max_wait_seconds{database=\"shop\",user=\"alice\"} 3.000042999",
                        "weir_database_paused{database=\"shop\"} 1.0",
                        "weir_objects{kind=\"servers\"} 7.0",
                        "weir_memory_bytes{purpose=\"netty_direct\"} 4096.0",
                        "weir_client_login_failures_total{database=\"shop\",sqlstate=\"28P01\"} 4.0",
                        "weir_alert_active{database=\"shop\",rule=\"pool_utilization\",severity=\"critical\","
                                + "user=\"alice\"} 1.0",
                        "weir_info{version=\"0.1.0\"} 1.0",
                        "weir_start_time_seconds 1.7E9");
    }

    @Test
    void tellsTimesAsCumulativeHistograms() throws Exception {
        assertThat(get("/metrics").body().lines())
                .contains(
                        "# TYPE weir_wait_duration_seconds histogram",
                        "weir_wait_duration_seconds_bucket{database=\"shop\",user=\"alice\",le=\"0.001\"} 1",
                        "weir_wait_duration_seconds_bucket{database=\"shop\",user=\"alice\",le=\"1.0\"} 3",
                        "weir_wait_duration_seconds_bucket{database=\"shop\",user=\"alice\",le=\"+Inf\"} 3",
                        "weir_wait_duration_seconds_count{database=\"shop\",user=\"alice\"} 3",
                        "weir_wait_duration_seconds_sum{database=\"shop\",user=\"alice\"} 0.5");
    }

    @Test
    void addsUpWhatSeveralEventLoopsCounted() throws Exception {
        pooler.stats.add(InMemoryPooler.stats("shop", "bob", 1));

        assertThat(get("/metrics").body().lines())
                .contains(
                        "weir_queries_total{database=\"shop\",user=\"bob\"} 120.0",
                        "weir_wait_duration_seconds_count{database=\"shop\",user=\"bob\"} 12");
    }

    @Test
    void everyMetricOfTheTableIsScraped() throws Exception {
        String body = get("/metrics").body();

        assertThat(Metrics.ALL).allSatisfy(metric -> {
            assertThat(body).contains("# HELP " + metric.name() + " ");
            assertThat(metric.name()).startsWith("weir_").matches("[a-z_]+");
            assertThat(metric.name().endsWith("_total")).isEqualTo(metric instanceof Metric.Count);
        });
    }

    @Test
    void speaksOpenMetricsWhereAsked() throws Exception {
        HttpResponse<String> response = client.send(
                request("/metrics")
                        .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(response.body()).endsWith("# EOF\n").contains("# TYPE weir_queries counter");
    }

    @Test
    void tellsAboutTheJvm() throws Exception {
        assertThat(get("/metrics").body()).contains("jvm_memory_used_bytes{", "process_uptime_seconds", "jvm_info{");
    }

    @Test
    void tellsUnderTheNamesOfPgbouncerExporterWhereAsked() throws Exception {
        String body = get("/metrics?names=pgbouncer").body();

        assertThat(body.lines())
                .contains(
                        "pgbouncer_up 1.0",
                        "pgbouncer_version_info{version=\"Weir 0.1.0\"} 1.0",
                        "pgbouncer_used_clients 5.0",
                        "pgbouncer_config_max_client_connections 100.0",
                        "pgbouncer_pools_client_active_connections{database=\"shop\",user=\"alice\"} 1.0",
                        "pgbouncer_pools_client_waiting_connections{database=\"shop\",user=\"alice\"} 2.0",
                        "pgbouncer_pools_client_maxwait_seconds{database=\"shop\",user=\"alice\"} 3.0",
                        "pgbouncer_databases_paused{database=\"real_shop\",force_user=\"\",host=\"db1\",name=\"shop\","
                                + "pool_mode=\"\",port=\"5432\"} 1.0",
                        "# TYPE pgbouncer_stats_totals_queries_pooled_total counter",
                        "pgbouncer_stats_totals_queries_pooled_total{database=\"shop\"} 120.0",
                        "pgbouncer_stats_totals_queries_duration_seconds_total{database=\"shop\"} 0.12");
        assertThat(body).doesNotContain("weir_", "jvm_");
        assertThat(get("/metrics?names=both").body()).contains("weir_queries_total{", "pgbouncer_up", "jvm_info{");
        assertThat(get("/metrics?names=theirs").statusCode()).isEqualTo(400);
        assertThat(PgbouncerMetrics.ALL)
                .allSatisfy(metric -> assertThat(body).contains("# HELP " + metric.name() + " "));
    }

    @Test
    void refusesWhatItDoesNotKnow() throws Exception {
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/api/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/dashboard/index.html").statusCode()).isEqualTo(404);
        assertThat(get("/api/pools?databse=shop").statusCode()).isEqualTo(400);
        assertThat(get("/api/pools?database=shop&database=x").statusCode()).isEqualTo(400);
        assertThat(client.send(
                                request("/metrics")
                                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
        HttpResponse<String> head = client.send(
                request("/metrics")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void servesItsPageFromFilesOfItsOwnAndNothingElse() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("http://", "https://", " style=", " onclick=", "<script>");
        for (String file : List.of("/dashboard.css", "/dashboard.js", "/charts.js")) {
            assertThat(page.body()).contains("\"" + file.substring(1) + "\"");
            assertThat(get(file).statusCode()).as(file).isEqualTo(200);
            assertThat(get(file).body()).doesNotContain("innerHTML", "eval(", "https://");
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }
}
