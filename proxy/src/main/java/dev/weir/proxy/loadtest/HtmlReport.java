package dev.weir.proxy.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A load test's report as one page with plots, without anything to load from elsewhere. */
public final class HtmlReport {

    private static final String HEAD = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Load test</title>
        <style>
        :root { color-scheme: light dark; --text: #1c2530; --soft: #5d6a78; --ground: #fff; --rule: #dfe4ea;
                --good: #18794e; --bad: #c62a2f; --a: #0b68cb; --b: #c2570c; --c: #7d3cb5; --d: #18794e; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6eaef; --soft: #9aa7b4; --ground: #14181d; --rule: #2c343d;
                  --good: #4cc38a; --bad: #ff6369; --a: #5eaaf5; --b: #f59a57; --c: #c08df0; --d: #4cc38a; }
        }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground);
               max-width: 760px; margin: 2em auto; padding: 0 1em; }
        h1 { font-size: 1.5em; margin-bottom: 0; } p.title { color: var(--soft); margin-top: 0; }
        .PASS { color: var(--good); } .FAIL { color: var(--bad); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .25em .6em; border-bottom: 1px solid var(--rule); }
        th { overflow-wrap: anywhere; } th:last-child, td { white-space: nowrap; } td:first-child { white-space: normal; }
        th:first-child, td:first-child { text-align: left; }
        figure { margin: 1.5em 0; } figcaption { font-weight: 600; } small { color: var(--soft); font-weight: 400; }
        svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--soft); }
        svg .x { text-anchor: middle; } svg .y { text-anchor: end; }
        svg .grid { stroke: var(--rule); } polyline { fill: none; stroke-width: 1.6; stroke: currentColor; }
        .line0 { color: var(--a); } .line1 { color: var(--b); } .line2 { color: var(--c); } .line3 { color: var(--d); }
        .legend { margin: 0; font-size: .9em; } .legend span::before { content: "━ "; }
        </style>
        </head>
        <body>
        """;

    private HtmlReport() {}

    /** The page. */
    public static String of(LoadReport report) {
        String outcome = report.passed() ? "PASS" : "FAIL";
        StringBuilder out = new StringBuilder(HEAD);
        out.append("<h1>Load test: <span class=\"%s\">%s</span></h1>\n".formatted(outcome, outcome));
        out.append("<p class=\"title\">").append(Html.escaped(report.title())).append("</p>\n");
        criteria(report, out);
        figures(report, out);
        plots(report).forEach(plot -> out.append(plot.html()));
        report.results().forEach(result -> errors(result, out));
        if (!report.caveat().isEmpty()) {
            out.append("<p>").append(Html.escaped(report.caveat())).append("</p>\n");
        }
        return out.append("</body>\n</html>\n").toString();
    }

    private static void criteria(LoadReport report, StringBuilder out) {
        out.append("<table>\n<tr><th>criterion<th>measured<th>limit<th>\n");
        for (Criteria.Verdict verdict : report.verdicts()) {
            String outcome = verdict.passed() ? "PASS" : "FAIL";
            out.append("<tr><td>%s<td>%s<td>%s<td class=\"%s\">%s\n"
                    .formatted(
                            Html.escaped(verdict.name()),
                            Html.escaped(verdict.measured()),
                            Html.escaped(verdict.limit()),
                            outcome,
                            outcome));
        }
        out.append("</table>\n");
    }

    private static void figures(LoadReport report, StringBuilder out) {
        out.append("<h2>Figures</h2>\n<table>\n<tr><th>");
        report.results().forEach(result -> out.append("<th>").append(Html.escaped(result.target())));
        out.append(report.isComparison() ? "<th>ratio\n" : "\n");
        for (LoadReport.Row row : LoadReport.ROWS) {
            out.append("<tr><td>").append(row.name());
            report.results()
                    .forEach(result ->
                            out.append("<td>").append(Html.escaped(row.text().apply(result))));
            if (report.isComparison()) {
                out.append("<td>")
                        .append(Figures.ratio(
                                row.value().applyAsDouble(report.results().get(0)),
                                row.value().applyAsDouble(report.results().get(1))));
            }
            out.append('\n');
        }
        out.append("</table>\n");
    }

    private static List<Plot> plots(LoadReport report) {
        List<Plot> plots = new ArrayList<>();
        plots.add(each(report, "Throughput", "requests per second", Sample::perSecond));
        for (LoadResult result : report.results()) {
            String whose = report.isComparison() ? " of " + result.target() : "";
            plots.add(new Plot(
                    "Query latency" + whose,
                    "ms",
                    List.of(
                            line("p50", result, sample -> sample.query().p50()),
                            line("p95", result, sample -> sample.query().p95()),
                            line("p99", result, sample -> sample.query().p99()))));
        }
        plots.add(each(
                report, "Acquisition p95", "ms", sample -> sample.acquisition().p95()));
        plots.add(each(report, "Open connections", "", Sample::connections));
        plots.add(each(report, "Failures", "per sample", Sample::failures));
        return plots;
    }

    /** One line for each target. */
    private static Plot each(LoadReport report, String title, String unit, ToDoubleFunction<Sample> value) {
        return new Plot(
                title,
                unit,
                report.results().stream()
                        .map(result -> line(result.target(), result, value))
                        .toList());
    }

    private static Plot.Line line(String name, LoadResult result, ToDoubleFunction<Sample> value) {
        return new Plot.Line(
                name,
                result.samples().stream().map(Sample::second).toList(),
                result.samples().stream()
                        .map(sample -> value.applyAsDouble(sample))
                        .toList());
    }

    private static void errors(LoadResult result, StringBuilder out) {
        if (result.errors().isEmpty()) {
            return;
        }
        out.append("<h2>Errors of ").append(Html.escaped(result.target())).append("</h2>\n<table>\n");
        result.errors()
                .forEach((kind, count) -> out.append(
                        "<tr><td>%s<td>%s\n".formatted(Html.escaped(kind), Html.escaped(Figures.count(count)))));
        out.append("</table>\n");
    }
}
