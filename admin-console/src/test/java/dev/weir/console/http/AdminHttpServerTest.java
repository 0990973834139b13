package dev.weir.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.InMemoryPooler;
import dev.weir.console.port.ListenSnapshot;
import dev.weir.console.port.MemorySnapshot;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.PoolerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminHttpServerTest {

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private AdminHttpServer server;

    @BeforeEach
    void start() throws IOException {
        pooler.pools.add(InMemoryPooler.pool("shop", "alice"));
        pooler.databases.add(InMemoryPooler.database("shop"));
        pooler.listening.add(new ListenSnapshot("shop", "alice", 3, 7));
        pooler.pinCounts.add(new PinCountSnapshot("shop", "alice", 2, Map.of("advisory lock", 5L)));
        pooler.stats.add(InMemoryPooler.stats("shop", "alice", 1));
        pooler.stats.add(InMemoryPooler.stats("shop", "bob", 3));
        pooler.memory.add(new MemorySnapshot("netty_direct", 0, 0, 0, 4096));
        server = AdminHttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pooler);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
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
                        "weir_pins_total{database=\"shop\",reason=\"advisory lock\",user=\"alice\"} 5.0",
                        "weir_pool_max_wait_seconds{database=\"shop\",user=\"alice\"} 3.000042999",
                        "weir_database_paused{database=\"shop\"} 1.0",
                        "weir_objects{kind=\"servers\"} 7.0",
                        "weir_memory_bytes{purpose=\"netty_direct\"} 4096.0",
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
    void isReadyUntilItShutsDown() throws Exception {
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        pooler.state = new PoolerState(true, false, false, 0);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        pooler.state = new PoolerState(true, false, true, 0);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void linksToItsPages() throws Exception {
        assertThat(get("/").body()).contains("href=\"/metrics\"", "href=\"/health/ready\"");
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(client.send(
                                request("/metrics")
                                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
        assertThat(client.send(
                                request("/metrics")
                                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }
}
