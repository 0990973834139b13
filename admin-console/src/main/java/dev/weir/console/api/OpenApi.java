package dev.weir.console.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.weir.console.health.HealthShape;
import dev.weir.console.json.JsonShape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Describes the HTTP pages as OpenAPI 3.1 does; all that is told of an answer comes from the shape that it is made of.
/// Used
/// for one document.
final class OpenApi {

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";

    private static final JsonShape<String> ERROR =
            JsonShape.<String>of("Error").text("error", "what was wrong", message -> message);

    private final JsonGenerator out;
    private final List<Resource> resources;

    OpenApi(JsonGenerator out, List<Resource> resources) {
        this.out = out;
        this.resources = resources;
    }

    void write() throws IOException {
        out.writeStartObject();
        out.writeStringField("openapi", "3.1.0");
        out.writeObjectFieldStart("info");
        out.writeStringField("title", "Weir");
        out.writeStringField("version", "1");
        out.writeStringField(
                "description",
                "What a running Weir tells over HTTP. Everything can be read only. Times are in ISO 8601 and UTC,"
                    + " lengths of time in seconds, sizes in bytes. Members may be added; those that are here stay.");
        out.writeObjectFieldStart("license");
        out.writeStringField("name", "Apache-2.0");
        out.writeEndObject();
        out.writeEndObject();
        out.writeArrayFieldStart("servers");
        out.writeStartObject();
        out.writeStringField("url", "http://127.0.0.1:9127");
        out.writeEndObject();
        out.writeEndArray();
        security();
        out.writeObjectFieldStart("paths");
        health();
        metrics();
        for (Resource resource : resources) {
            path(resource);
        }
        out.writeEndObject();
        components();
        out.writeEndObject();
    }

    private void security() throws IOException {
        out.writeArrayFieldStart("security");
        out.writeStartObject();
        out.writeEndObject();
        for (String scheme : List.of("bearer", "basic")) {
            out.writeStartObject();
            out.writeArrayFieldStart(scheme);
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void health() throws IOException {
        begin("/health/live", "Whether the event loops answer.", List.of());
        response("200", "They do.", JSON, HealthShape.BRIEF);
        response("503", "They do not.", JSON, HealthShape.BRIEF);
        end();
        begin(
                "/health/ready",
                "Whether new clients are welcome; who brings no credentials where they are needed is told the status"
                        + " alone.",
                List.of(new Parameter("database", "whether this database can be used", "string")));
        response("200", "They are.", JSON, HealthShape.FULL);
        response("404", "There is no such database.", JSON, ERROR);
        response("503", "They are not.", JSON, HealthShape.FULL);
        end();
    }

    private void metrics() throws IOException {
        begin(
                "/metrics",
                "Metrics for Prometheus; as OpenMetrics where the Accept header asks for that.",
                List.of(new Parameter("names", "under whose names", "weir|pgbouncer|both")));
        response("200", "All metrics.", TEXT, null);
        denials();
        end();
    }

    private void path(Resource resource) throws IOException {
        begin(resource.path(), resource.summary(), resource.parameters());
        response("200", resource.summary(), JSON, resource.shape());
        denials();
        end();
    }

    private void denials() throws IOException {
        response("400", "A parameter is not as it can be.", JSON, ERROR);
        response("401", "Credentials are needed.", JSON, ERROR);
        response("503", "The event loops do not answer.", JSON, ERROR);
    }

    private void begin(String path, String summary, List<Parameter> parameters) throws IOException {
        out.writeObjectFieldStart(path);
        out.writeObjectFieldStart("get");
        out.writeStringField("operationId", path.substring(1).replace('/', '_'));
        out.writeStringField("summary", summary);
        out.writeArrayFieldStart("parameters");
        for (Parameter parameter : parameters) {
            parameter.write(out);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("responses");
    }

    private void end() throws IOException {
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }

    private void response(String status, String description, String type, @Nullable JsonShape<?> shape)
            throws IOException {
        out.writeObjectFieldStart(status);
        out.writeStringField("description", description);
        out.writeObjectFieldStart("content");
        out.writeObjectFieldStart(type);
        out.writeObjectFieldStart("schema");
        if (shape == null) {
            out.writeStringField("type", "string");
        } else {
            out.writeStringField("$ref", "#/components/schemas/" + shape.name());
        }
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }

    private void components() throws IOException {
        Map<String, JsonShape<?>> shapes = new TreeMap<>();
        for (JsonShape<?> shape : List.of(ERROR, HealthShape.BRIEF, HealthShape.FULL)) {
            add(shapes, shape);
        }
        resources.forEach(resource -> add(shapes, resource.shape()));
        out.writeObjectFieldStart("components");
        out.writeObjectFieldStart("schemas");
        for (JsonShape<?> shape : shapes.values()) {
            out.writeFieldName(shape.name());
            shape.schema(out);
        }
        out.writeEndObject();
        out.writeObjectFieldStart("securitySchemes");
        for (String scheme : List.of("bearer", "basic")) {
            out.writeObjectFieldStart(scheme);
            out.writeStringField("type", "http");
            out.writeStringField("scheme", scheme);
            out.writeEndObject();
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void add(Map<String, JsonShape<?>> shapes, JsonShape<?> shape) {
        shapes.put(shape.name(), shape);
        shapes.putAll(shape.parts());
    }
}
