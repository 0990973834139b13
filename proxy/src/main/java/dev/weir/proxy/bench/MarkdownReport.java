package dev.weir.proxy.bench;

import java.util.List;

/// A report for a page: one table of all workloads.
public final class MarkdownReport {

    private MarkdownReport() {}

    /// All of it.
    public static String of(BenchReport report) {
        StringBuilder text = new StringBuilder();
        text.append(report.machine()).append(". ").append(report.plan()).append(".\n");
        report.notes().forEach(note -> text.append('\n').append(note).append('\n'));
        List<String> heads = Figures.heads(report);
        text.append("\n| workload | figure |");
        heads.forEach(head -> text.append(' ').append(cell(head)).append(" |"));
        text.append("\n|---|---|").append("---:|".repeat(heads.size())).append('\n');
        for (WorkloadResult result : report.workloads()) {
            rows(report, result, heads.size(), text);
        }
        return text.toString();
    }

    private static void rows(BenchReport report, WorkloadResult result, int columns, StringBuilder text) {
        String name = "`%s`: %s".formatted(result.name(), cell(result.title()));
        for (Metric metric : result.metrics()) {
            row(name, cell(metric.title(result.unit())), Figures.cells(report, result, metric), text);
            name = "";
        }
        for (String failure : Figures.failures(result)) {
            row(name, "not measured: " + cell(failure), List.of(), text);
            text.setLength(text.length() - 1);
            text.append(" |".repeat(columns)).append('\n');
            name = "";
        }
    }

    private static void row(String name, String title, List<String> cells, StringBuilder text) {
        text.append("| ").append(name).append(" | ").append(title.strip()).append(" |");
        cells.forEach(cell -> text.append(' ').append(cell).append(" |"));
        text.append('\n');
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
