package dev.weir.proxy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// The figures of one workload as a table of texts: a row for each metric, a column for each contestant's median and
/// then one for each ratio.
final class Figures {

    private static final String NONE = "-";

    private Figures() {}

    /// The heads of the columns.
    static List<String> heads(BenchReport report) {
        List<String> heads = new ArrayList<>(report.contestants());
        report.compared().forEach(label -> heads.add(label + " : " + shortened(report.reference())));
        return heads;
    }

    private static String shortened(String label) {
        return label.split(" ")[0];
    }

    /// The cells of a row.
    static List<String> cells(BenchReport report, WorkloadResult result, Metric metric) {
        List<String> cells = new ArrayList<>();
        for (String label : report.contestants()) {
            cells.add(text(result.of(label).median(metric), metric));
        }
        Series reference = result.of(report.reference());
        for (String label : report.compared()) {
            OptionalDouble ratio = result.of(label).ratio(metric, reference);
            cells.add(ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : NONE);
        }
        return cells;
    }

    private static String text(OptionalDouble value, Metric metric) {
        return value.isPresent() ? metric.format(value.getAsDouble()) : NONE;
    }

    /// What could not be measured, and why.
    static List<String> failures(WorkloadResult result) {
        return result.series().stream()
                .filter(series -> series.failure() != null)
                .map(series -> series.contestant() + ": " + series.failure())
                .toList();
    }
}
