package dev.weir.proxy.loadtest;

import java.util.ArrayList;
import java.util.List;

/** A load test's report for the terminal. */
public final class TextReport {

    private TextReport() {}

    /** All of it, as lines that end with a newline. */
    public static String of(LoadReport report) {
        StringBuilder out = new StringBuilder(report.title()).append("\n\n");
        table(report).forEach(line -> out.append(line.stripTrailing()).append('\n'));
        for (LoadResult result : report.results()) {
            errors(result, report.isComparison(), out);
        }
        out.append('\n');
        report.verdicts().forEach(verdict -> out.append(verdict).append('\n'));
        out.append("\nResult: ").append(report.passed() ? "PASS" : "FAIL").append('\n');
        if (!report.caveat().isEmpty()) {
            out.append(report.caveat()).append('\n');
        }
        return out.toString();
    }

    private static List<String> table(LoadReport report) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        report.results().forEach(result -> head.add(result.target()));
        if (report.isComparison()) {
            head.add("ratio");
        }
        rows.add(head);
        for (LoadReport.Row row : LoadReport.ROWS) {
            List<String> cells = new ArrayList<>(List.of(row.name()));
            report.results().forEach(result -> cells.add(row.text().apply(result)));
            if (report.isComparison()) {
                cells.add(Figures.ratio(
                        row.value().applyAsDouble(report.results().get(0)),
                        row.value().applyAsDouble(report.results().get(1))));
            }
            rows.add(cells);
        }
        return aligned(rows);
    }

    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String blanks = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? row.get(i) + blanks : "  " + blanks + row.get(i));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static void errors(LoadResult result, boolean named, StringBuilder out) {
        if (!result.errors().isEmpty()) {
            out.append("\nErrors").append(named ? " of " + result.target() : "").append('\n');
            result.errors().forEach((kind, count) -> out.append("%10s  %s%n".formatted(Figures.count(count), kind)));
        }
    }
}
