package dev.weir.proxy.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.OptionalDouble;

/// A report for programs: an object with `machine`, `plan`, `notes` and the array `workloads` of objects with `name`,
/// `title`, `unit` and the array `contestants`. Each of these has its `label`, the `median` of each figure, its `ratio`
/// to the contestant that `reference` names, the figures of all `rounds`, and `failure` where it could not be measured.
/// The names of figures say the unit.
public final class JsonReport {

    private JsonReport() {}

    /// All of it.
    public static String of(BenchReport report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("machine", report.machine());
            json.writeStringField("plan", report.plan());
            json.writeStringField("reference", report.reference());
            json.writeArrayFieldStart("notes");
            for (String note : report.notes()) {
                json.writeString(note);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("workloads");
            for (WorkloadResult result : report.workloads()) {
                workload(report, result, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        return text + "\n";
    }

    private static void workload(BenchReport report, WorkloadResult result, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", result.name());
        json.writeStringField("title", result.title());
        json.writeStringField("unit", result.unit());
        json.writeArrayFieldStart("contestants");
        for (Series series : result.series()) {
            contestant(series, result.of(report.reference()), json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void contestant(Series series, Series reference, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("label", series.contestant());
        json.writeObjectFieldStart("median");
        for (Metric metric : Metric.values()) {
            number(metric, series.median(metric), json);
        }
        json.writeEndObject();
        json.writeObjectFieldStart("ratio");
        for (Metric metric : Metric.values()) {
            number(metric, series.ratio(metric, reference), json);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("rounds");
        for (Map<Metric, Double> round : series.rounds()) {
            json.writeStartObject();
            for (Map.Entry<Metric, Double> figure : round.entrySet()) {
                number(figure.getKey(), OptionalDouble.of(figure.getValue()), json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        if (series.failure() != null) {
            json.writeStringField("failure", series.failure());
        }
        json.writeEndObject();
    }

    private static void number(Metric metric, OptionalDouble value, JsonGenerator json) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(metric.id(), value.getAsDouble());
        }
    }
}
