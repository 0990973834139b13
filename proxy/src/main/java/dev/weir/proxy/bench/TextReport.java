package dev.weir.proxy.bench;

import java.util.List;

/// A report for a terminal.
public final class TextReport {

    private static final int TITLE_WIDTH = 36;
    private static final int CELL_WIDTH = 12;

    private TextReport() {}

    /// Where and how it was measured.
    public static String head(BenchReport report) {
        StringBuilder text = new StringBuilder();
        text.append(report.machine()).append('\n').append(report.plan()).append('\n');
        report.notes().forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }

    /// One workload.
    public static String of(BenchReport report, WorkloadResult result) {
        StringBuilder text = new StringBuilder();
        text.append(result.name()).append(": ").append(result.title()).append('\n');
        if (!result.metrics().isEmpty()) {
            line(text, "", Figures.heads(report), Figures.heads(report));
            for (Metric metric : result.metrics()) {
                line(text, metric.title(result.unit()), Figures.cells(report, result, metric), Figures.heads(report));
            }
        }
        Figures.failures(result)
                .forEach(failure ->
                        text.append("  not measured: ").append(failure).append('\n'));
        return text.toString();
    }

    private static void line(StringBuilder text, String title, List<String> cells, List<String> heads) {
        text.append("  ").append(title).append(" ".repeat(Math.max(0, TITLE_WIDTH - title.length())));
        for (int i = 0; i < cells.size(); i++) {
            int width = Math.max(CELL_WIDTH, heads.get(i).length());
            text.append("  ")
                    .append(" ".repeat(Math.max(0, width - cells.get(i).length())))
                    .append(cells.get(i));
        }
        text.append('\n');
    }
}
