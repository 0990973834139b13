package dev.weir.proxy.loadtest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * A load test's report for programs: an object with {@code plan}, {@code passed}, {@code criteria} and the array
 * {@code targets}. Names say the unit; latencies are milliseconds.
 */
public final class JsonReport {

    private JsonReport() {}

    /** All of it. */
    public static String of(LoadReport report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            plan(report.plan(), json);
            json.writeBooleanField("passed", report.passed());
            json.writeArrayFieldStart("criteria");
            for (Criteria.Verdict verdict : report.verdicts()) {
                json.writeStartObject();
                json.writeStringField("name", verdict.name());
                json.writeStringField("measured", verdict.measured());
                json.writeStringField("limit", verdict.limit());
                json.writeBooleanField("passed", verdict.passed());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("targets");
            for (LoadResult result : report.results()) {
                target(result, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        return text + "\n";
    }

    private static void plan(LoadPlan plan, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("plan");
        json.writeStringField("workload", plan.workload().name());
        json.writeNumberField("clients", plan.clients());
        json.writeNumberField("duration_seconds", plan.duration().toMillis() / 1000.0);
        json.writeNumberField("ramp_up_seconds", plan.rampUp().toMillis() / 1000.0);
        json.writeNumberField("interval_ms", plan.interval().toNanos() / 1e6);
        json.writeNumberField("requests_per_connection", plan.requestsPerConnection());
        json.writeEndObject();
    }

    private static void target(LoadResult result, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("target", result.target());
        json.writeStringField("began", result.began().toString());
        json.writeNumberField("seconds", result.seconds());
        json.writeNumberField("requests_per_second", result.throughput());
        json.writeNumberField("answered", result.successes());
        json.writeNumberField("failed", result.failures());
        json.writeNumberField("success_percent", result.successPercent());
        json.writeNumberField("peak_connections", result.peakConnections());
        json.writeNumberField("peak_requests", result.peakActive());
        latency("query_ms", result.query(), json);
        latency("acquisition_ms", result.acquisition(), json);
        json.writeArrayFieldStart("errors");
        for (var error : result.errors().entrySet()) {
            json.writeStartObject();
            json.writeStringField("error", error.getKey());
            json.writeNumberField("count", error.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("samples");
        for (Sample sample : result.samples()) {
            json.writeStartObject();
            json.writeNumberField("second", sample.second());
            json.writeNumberField("requests_per_second", sample.perSecond());
            json.writeNumberField("failed", sample.failures());
            json.writeNumberField("connections", sample.connections());
            latency("query_ms", sample.query(), json);
            latency("acquisition_ms", sample.acquisition(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void latency(String name, Latency latency, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", latency.count());
        json.writeNumberField("mean", latency.mean());
        json.writeNumberField("p50", latency.p50());
        json.writeNumberField("p90", latency.p90());
        json.writeNumberField("p95", latency.p95());
        json.writeNumberField("p99", latency.p99());
        json.writeNumberField("p99_9", latency.p999());
        json.writeNumberField("max", latency.max());
        json.writeEndObject();
    }
}
