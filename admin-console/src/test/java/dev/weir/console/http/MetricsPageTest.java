package dev.weir.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The page says what is scraped, because it is made of the same table.
final class MetricsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    @Test
    void theCheckedInPageIsWhatTheTableSays() throws IOException {
        String rendered = render();
        if (Boolean.getBoolean("docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/metrics.md; write it anew with -Ddocs.write=true")
                .isEqualTo(rendered);
    }

    private static String render() {
        StringBuilder page = new StringBuilder("""
            # Metrics

            <!-- Made from the table of metrics by MetricsPageTest; -Ddocs.write=true writes it anew. -->

            Weir serves its metrics on `http://127.0.0.1:9127/metrics` (`metrics_listen_addr` and
            `metrics_listen_port`, 0 turns it off) in the Prometheus text format, or as OpenMetrics to a client
            that asks for it:

            ```yaml
            scrape_configs:
              - job_name: weir
                static_configs:
                  - targets: ["127.0.0.1:9127"]
            ```

            Counters are kept by each event loop and added up when they are scraped; nothing is averaged. Times
            are in seconds and sizes in bytes. The label `database` is the name that clients use, `user` the one
            that logs in to the servers.

            Beside them on the same port: [the dashboard, health and JSON](http-api.md). Where a token or a password
            is set there, Prometheus has to bring it (`authorization` or `basic_auth` in its configuration).

            | metric | type | labels | meaning |
            | --- | --- | --- | --- |
            """);
        table(page, Metrics.ALL);
        page.append("""

            The totals in seconds include the time in line, as PgBouncer's do; the histograms of queries and
            transactions begin when the client has its server, and `weir_wait_duration_seconds` tells what came
            before. A pool that is too small shows in the waits while the queries stay fast; a slow database shows
            in the queries.

            The JVM's own metrics (`jvm_memory_used_bytes`, `jvm_gc_pause_seconds`, `jvm_threads_live_threads`,
            `process_cpu_usage`, `process_files_open_files` and more) are Micrometer's.

            ## Some questions

            Clients that wait for a server, by pool:

            ```promql
            sum by (database, user) (weir_pool_clients{state="waiting"})
            ```

            How long 99 of 100 clients that had to wait stood in line at most:

            ```promql
            histogram_quantile(0.99, sum by (le, database) (rate(weir_wait_duration_seconds_bucket[5m])))
            ```

            The share of assignments that had to wait:

            ```promql
            sum by (database) (rate(weir_wait_duration_seconds_count[5m]))
              / sum by (database) (rate(weir_server_assignments_total[5m]))
            ```

            Mean time of a query without the wait:

            ```promql
            sum by (database) (rate(weir_query_duration_seconds_sum[5m]))
              / sum by (database) (rate(weir_query_duration_seconds_count[5m]))
            ```

            What has been raised, of all that [Weir itself looks after](alerts.md):

            ```promql
            max by (rule, severity, database, user) (weir_alert_active)
            ```

            ## The names of pgbouncer_exporter

            For dashboards and alert rules that were made for PgBouncer: `/metrics?names=pgbouncer` tells these
            metrics in place of Weir's own, `/metrics?names=both` beside them, and `metrics_names` says what
            `/metrics` tells when it is not asked. No exporter is needed. The console's own database and pool are left
            out.

            ```yaml
            scrape_configs:
              - job_name: pgbouncer
                params: {names: [pgbouncer]}
                static_configs:
                  - targets: ["127.0.0.1:9127"]
            ```

            | metric | type | labels | meaning |
            | --- | --- | --- | --- |
            """);
        table(page, PgbouncerMetrics.ALL);
        return page.toString();
    }

    private static void table(StringBuilder page, List<Metric> metrics) {
        for (Metric metric : metrics) {
            String labels = metric.labels().isEmpty() ? "" : "`" + String.join("`, `", metric.labels()) + "`";
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(metric.name(), type(metric), labels, metric.help())
                    .replace(System.lineSeparator(), "\n"));
        }
    }

    private static String type(Metric metric) {
        return switch (metric) {
            case Metric.Count _ -> "counter";
            case Metric.Level _ -> "gauge";
            case Metric.Times _ -> "histogram";
        };
    }
}
