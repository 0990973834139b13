package dev.weir.proxy.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// The outcomes of all checks at all targets, and how they are written down.
///
/// @param groups the checks that were run
/// @param columns one for each target, with an outcome for each of these checks
public record Report(List<CheckGroup> groups, List<Column> columns) {

    private static final String PASSED = "ok";
    private static final String FAILED = "FAIL";
    private static final String SKIPPED = "-";

    /// Copies the lists.
    public Report {
        groups = List.copyOf(groups);
        columns = List.copyOf(columns);
    }

    /// For a terminal: the table, the score, and why what failed did.
    public String text() {
        int idWidth = width(groups.stream()
                .flatMap(group -> group.checks().stream())
                .map(Check::id)
                .toList());
        StringBuilder text = new StringBuilder();
        line(text, idWidth, "", columns.stream().map(Column::label).toList());
        for (CheckGroup group : groups) {
            text.append('\n').append(group.title()).append('\n');
            for (Check check : group.checks()) {
                line(text, idWidth, check.id(), marks(check, PASSED, FAILED));
            }
        }
        text.append('\n');
        line(text, idWidth, "passed", columns.stream().map(Column::score).toList());
        columns.forEach(column -> text.append(reasons(column)));
        return text.toString();
    }

    private void line(StringBuilder text, int idWidth, String first, List<String> cells) {
        text.append("  ").append(padded(first, idWidth));
        for (int i = 0; i < cells.size(); i++) {
            text.append("  ").append(padded(cells.get(i), columnWidth(columns.get(i))));
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
        text.append('\n');
    }

    private static int columnWidth(Column column) {
        return Math.max(column.label().length(), column.score().length());
    }

    private List<String> marks(Check check, String passed, String failed) {
        return columns.stream()
                .map(column -> switch (column.of(check)) {
                    case Outcome.Passed _ -> passed;
                    case Outcome.Failed _ -> failed;
                    case Outcome.Skipped _ -> SKIPPED;
                })
                .toList();
    }

    private static String reasons(Column column) {
        StringBuilder text = new StringBuilder();
        column.outcomes().forEach((check, outcome) -> {
            switch (outcome) {
                case Outcome.Passed _ -> {}
                case Outcome.Failed failed ->
                    text.append("  ")
                            .append(check.id())
                            .append(": ")
                            .append(failed.reason())
                            .append('\n');
                case Outcome.Skipped skipped ->
                    text.append("  ")
                            .append(check.id())
                            .append(": not checked, ")
                            .append(skipped.reason())
                            .append('\n');
            }
        });
        return text.isEmpty() ? "" : "\n" + column.label() + "\n" + text;
    }

    /// For a page: the same table in Markdown, with the claims, and the reasons below.
    public String markdown() {
        StringBuilder text = new StringBuilder("| check | claim |");
        columns.forEach(column -> text.append(' ').append(cell(column.label())).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(columns.size())).append('\n');
        for (CheckGroup group : groups) {
            text.append("| **")
                    .append(cell(group.title()))
                    .append("** | |")
                    .append(" |".repeat(columns.size()))
                    .append('\n');
            for (Check check : group.checks()) {
                text.append("| `")
                        .append(check.id())
                        .append("` | ")
                        .append(cell(check.claim()))
                        .append(" |");
                marks(check, "yes", "**no**")
                        .forEach(mark -> text.append(' ').append(mark).append(" |"));
                text.append('\n');
            }
        }
        text.append("| **passed** | |");
        columns.forEach(column -> text.append(" **").append(column.score()).append("** |"));
        text.append('\n');
        columns.forEach(column -> text.append(markdownReasons(column)));
        return text.toString();
    }

    private static String markdownReasons(Column column) {
        List<String> lines = new ArrayList<>();
        column.outcomes().forEach((check, outcome) -> {
            if (outcome instanceof Outcome.Failed failed) {
                lines.add("- `%s`: %s".formatted(check.id(), failed.reason()));
            }
        });
        return lines.isEmpty()
                ? ""
                : "\nWhat fails through %s:\n\n%s\n".formatted(cell(column.label()), String.join("\n", lines));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /// For programs: an object with the array `columns`, each with `label`, `passed`, `made` and the array `checks` of
    /// objects with `id`, `group`, `claim`, `outcome` (passed, failed, skipped) and, unless passed, `reason`.
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("columns");
            for (Column column : columns) {
                write(column, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        return text + "\n";
    }

    private void write(Column column, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("label", column.label());
        json.writeNumberField("passed", column.passed());
        json.writeNumberField("made", column.made());
        json.writeArrayFieldStart("checks");
        for (CheckGroup group : groups) {
            for (Check check : group.checks()) {
                json.writeStartObject();
                json.writeStringField("id", check.id());
                json.writeStringField("group", group.title());
                json.writeStringField("claim", check.claim());
                switch (column.of(check)) {
                    case Outcome.Passed _ -> json.writeStringField("outcome", "passed");
                    case Outcome.Failed failed -> write("failed", failed.reason(), json);
                    case Outcome.Skipped skipped -> write("skipped", skipped.reason(), json);
                }
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(String outcome, String reason, JsonGenerator json) throws IOException {
        json.writeStringField("outcome", outcome);
        json.writeStringField("reason", reason);
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
