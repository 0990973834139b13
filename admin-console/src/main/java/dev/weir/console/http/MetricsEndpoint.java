package dev.weir.console.http;

import dev.weir.config.MetricNames;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.port.PoolerView;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `/metrics`: the pooler's metrics and the JVM's, as Prometheus or OpenMetrics text. Thread-safe.
final class MetricsEndpoint implements AutoCloseable {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TEXT = OPEN_METRICS + "; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollector = new JvmGcMetrics();

    private final PrometheusMeterRegistry pgbouncers = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PrometheusMeterRegistry both = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    MetricsEndpoint(PoolerView view, AlertBoard alerts) {
        pgbouncers.getPrometheusRegistry().register(new PoolerCollector(view, alerts, PgbouncerMetrics.ALL));
        both.getPrometheusRegistry().register((MultiCollector) this::all);
        registry.getPrometheusRegistry().register(new PoolerCollector(view, alerts, Metrics.ALL));
        List<MeterBinder> binders = List.of(
                garbageCollector,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new JvmInfoMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics(),
                new FileDescriptorMetrics());
        binders.forEach(binder -> binder.bindTo(registry));
    }

    /// Everything as of now.
    ///
    /// @param accept the header that says which formats the client reads; `null` if it did not say
    /// @param names under whose names
    Response scrape(@Nullable String accept, MetricNames names) throws IOException {
        String contentType = accept != null && accept.contains(OPEN_METRICS) ? OPEN_METRICS_TEXT : PROMETHEUS_TEXT;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        PrometheusMeterRegistry wanted = switch (names) {
            case WEIR -> registry;
            case PGBOUNCER -> pgbouncers;
            case BOTH -> both;
        };
        wanted.scrape(body, contentType);
        return new Response(200, contentType, body.toByteArray());
    }

    private MetricSnapshots all() {
        return new MetricSnapshots(Stream.concat(
                        registry.getPrometheusRegistry().scrape().stream(),
                        pgbouncers.getPrometheusRegistry().scrape().stream())
                .toList());
    }

    @Override
    public void close() {
        garbageCollector.close();
        List.of(registry, pgbouncers, both).forEach(PrometheusMeterRegistry::close);
    }
}
