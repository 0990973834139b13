package dev.weir.console.http;

import dev.weir.console.alert.AlertBoard;
import dev.weir.console.port.PoolerView;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns what the pooler tells at the moment of a scrape into Prometheus' model. Nothing is counted here: samples with
/// the same labels, as event loops may give them, are added up. Thread-safe; blocks while the pooler answers.
final class PoolerCollector implements MultiCollector {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String TOTAL = "_total";
    private static final double NANOS_PER_SECOND = 1e9;

    private final PoolerView view;
    private final AlertBoard alerts;
    private final List<Metric> metrics;

    /// @param metrics what to collect
    PoolerCollector(PoolerView view, AlertBoard alerts, List<Metric> metrics) {
        this.view = view;
        this.alerts = alerts;
        this.metrics = metrics;
    }

    @Override
    public MetricSnapshots collect() {
        Readings readings = Readings.take(view, alerts, LIMIT);
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        metrics.forEach(metric -> snapshots.metricSnapshot(snapshot(metric, readings)));
        return snapshots.build();
    }

    private static MetricSnapshot snapshot(Metric metric, Readings readings) {
        return switch (metric) {
            case Metric.Count count -> counter(count, readings);
            case Metric.Level level -> gauge(level, readings);
            case Metric.Times times -> histogram(times, readings);
        };
    }

    private static MetricSnapshot counter(Metric.Count metric, Readings readings) {
        String name = metric.name().substring(0, metric.name().length() - TOTAL.length());
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder().name(name).help(metric.help());
        merged(metric.labels(), metric.samples().apply(readings).toList())
                .forEach((labels, value) -> snapshot.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(labels)
                        .value(value)
                        .build()));
        return snapshot.build();
    }

    private static MetricSnapshot gauge(Metric.Level metric, Readings readings) {
        GaugeSnapshot.Builder snapshot =
                GaugeSnapshot.builder().name(metric.name()).help(metric.help());
        merged(metric.labels(), metric.samples().apply(readings).toList())
                .forEach((labels, value) -> snapshot.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(labels)
                        .value(value)
                        .build()));
        return snapshot.build();
    }

    private static MetricSnapshot histogram(Metric.Times metric, Readings readings) {
        Map<Labels, dev.weir.console.port.HistogramSnapshot> merged = new LinkedHashMap<>();
        metric.samples()
                .apply(readings)
                .forEach(sample -> merged.merge(
                        labels(metric.labels(), sample.labelValues()),
                        sample.histogram(),
                        dev.weir.console.port.HistogramSnapshot::plus));
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder().name(metric.name()).help(metric.help());
        merged.forEach((labels, histogram) -> snapshot.dataPoint(dataPoint(labels, histogram)));
        return snapshot.build();
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot dataPoint(
            Labels labels, dev.weir.console.port.HistogramSnapshot histogram) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < histogram.buckets(); i++) {
            boolean last = i == histogram.buckets() - 1;
            double bound = last ? Double.POSITIVE_INFINITY : histogram.upperBoundNanos(i) / NANOS_PER_SECOND;
            buckets.bucket(bound, histogram.count(i));
        }
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(histogram.sumNanos() / NANOS_PER_SECOND)
                .labels(labels)
                .build();
    }

    private static Map<Labels, Double> merged(List<String> names, List<Metric.Sample> samples) {
        Map<Labels, Double> merged = new LinkedHashMap<>();
        samples.forEach(sample -> merged.merge(labels(names, sample.labelValues()), sample.value(), Double::sum));
        return merged;
    }

    private static Labels labels(List<String> names, List<String> values) {
        return Labels.of(names, values);
    }
}
