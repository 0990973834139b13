package dev.weir.proxy.trace;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.weir.console.json.Json;
import dev.weir.proxy.Version;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Spans as a collector takes them: `ExportTraceServiceRequest` in OTLP's JSON, in which ids are hexadecimal
/// and 64-bit numbers are texts. Names of attributes are those of OpenTelemetry's semantic conventions for
/// databases.
final class SpanJson {

    private static final String SCHEMA = "https://opentelemetry.io/schemas/1.33.0";
    private static final HexFormat HEX = HexFormat.of();

    private static final int INTERNAL = 1;
    private static final int SERVER = 2;
    private static final int CLIENT = 3;

    private static final int STATUS_ERROR = 2;

    private static final int SAMPLED = 0x01;
    private static final int REMOTENESS_KNOWN = 0x100;
    private static final int PARENT_IS_REMOTE = 0x200;

    private final RandomGenerator ids;

    /// @param ids where new ids come from
    SpanJson(RandomGenerator ids) {
        this.ids = ids;
    }

    /// A request.
    ///
    /// @param resource what is said of this Weir
    byte[] of(List<StatementSpan> statements, Map<String, String> resource) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("resourceSpans");
            out.writeStartObject();
            out.writeObjectFieldStart("resource");
            out.writeArrayFieldStart("attributes");
            for (Map.Entry<String, String> each : resource.entrySet()) {
                text(out, each.getKey(), each.getValue());
            }
            out.writeEndArray();
            out.writeEndObject();
            out.writeStringField("schemaUrl", SCHEMA);
            out.writeArrayFieldStart("scopeSpans");
            out.writeStartObject();
            out.writeObjectFieldStart("scope");
            out.writeStringField("name", "dev.weir");
            out.writeStringField("version", Version.number());
            out.writeEndObject();
            out.writeStringField("schemaUrl", SCHEMA);
            out.writeArrayFieldStart("spans");
            for (StatementSpan statement : statements) {
                statement(out, statement);
            }
            out.writeEndArray();
            out.writeEndObject();
            out.writeEndArray();
            out.writeEndObject();
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void statement(JsonGenerator out, StatementSpan statement) throws IOException {
        TraceContext parent = statement.parent();
        String trace = parent == null
                ? HEX.toHexDigits(id()) + HEX.toHexDigits(id())
                : HEX.toHexDigits(parent.traceHigh()) + HEX.toHexDigits(parent.traceLow());
        String span = HEX.toHexDigits(id());
        long start = statement.startEpochNanos();
        long served = start + statement.waitNanos();
        long end = served + Math.max(0, statement.servedNanos());
        String summary = QuerySummary.of(statement.text());

        begin(out, trace, span, parent == null ? "" : HEX.toHexDigits(parent.spanId()), parent != null);
        kind(out, summary.isEmpty() ? "postgresql" : summary, SERVER, start, end);
        database(out, statement, summary);
        notEmpty(out, "db.query.text", statement.text());
        peer(out, statement.client());
        if (statement.client() instanceof InetSocketAddress client) {
            text(out, "client.address", client.getAddress().getHostAddress());
            number(out, "client.port", client.getPort());
        }
        text(out, "weir.pool", statement.pool());
        text(out, "weir.user", statement.user());
        notEmpty(out, "weir.application_name", statement.applicationName());
        number(out, "weir.rows", statement.rows());
        end(out, statement.failure());

        if (statement.waitNanos() > 0) {
            begin(out, trace, HEX.toHexDigits(id()), span, false);
            kind(out, "pool wait", INTERNAL, start, served);
            text(out, "weir.pool", statement.pool());
            text(out, "weir.user", statement.user());
            end(out, statement.servedNanos() < 0 ? statement.failure() : null);
        }
        if (statement.servedNanos() >= 0) {
            begin(out, trace, HEX.toHexDigits(id()), span, false);
            kind(out, "server", CLIENT, served, end);
            database(out, statement, summary);
            StatementSpan.Server server = statement.server();
            if (server != null) {
                text(out, "server.address", server.host());
                number(out, "server.port", server.port());
                peer(out, server.peer());
                number(out, "weir.server_pid", server.pid());
            }
            end(out, statement.failure());
        }
    }

    /// No id is 0.
    private long id() {
        long id = ids.nextLong();
        return id == 0 ? 1 : id;
    }

    private static void begin(JsonGenerator out, String trace, String span, String parent, boolean remote)
            throws IOException {
        out.writeStartObject();
        out.writeStringField("traceId", trace);
        out.writeStringField("spanId", span);
        if (!parent.isEmpty()) {
            out.writeStringField("parentSpanId", parent);
        }
        out.writeNumberField("flags", SAMPLED | REMOTENESS_KNOWN | (remote ? PARENT_IS_REMOTE : 0));
    }

    private static void kind(JsonGenerator out, String name, int kind, long start, long end) throws IOException {
        out.writeStringField("name", name);
        out.writeNumberField("kind", kind);
        out.writeStringField("startTimeUnixNano", Long.toString(start));
        out.writeStringField("endTimeUnixNano", Long.toString(end));
        out.writeArrayFieldStart("attributes");
    }

    private static void database(JsonGenerator out, StatementSpan statement, String summary) throws IOException {
        text(out, "db.system.name", "postgresql");
        notEmpty(out, "db.namespace", statement.namespace());
        notEmpty(out, "db.query.summary", summary);
    }

    private static void peer(JsonGenerator out, @Nullable SocketAddress address) throws IOException {
        if (address instanceof InetSocketAddress inet) {
            text(out, "network.peer.address", inet.getAddress().getHostAddress());
            number(out, "network.peer.port", inet.getPort());
        } else {
            text(out, "network.transport", "unix");
        }
    }

    private static void end(JsonGenerator out, StatementSpan.@Nullable Failure failure) throws IOException {
        if (failure != null) {
            notEmpty(out, "db.response.status_code", failure.sqlState());
            text(out, "error.type", failure.sqlState().isEmpty() ? "_OTHER" : failure.sqlState());
        }
        out.writeEndArray();
        if (failure != null) {
            out.writeObjectFieldStart("status");
            if (!failure.message().isEmpty()) {
                out.writeStringField("message", failure.message());
            }
            out.writeNumberField("code", STATUS_ERROR);
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void notEmpty(JsonGenerator out, String key, String value) throws IOException {
        if (!value.isEmpty()) {
            text(out, key, value);
        }
    }

    private static void text(JsonGenerator out, String key, String value) throws IOException {
        out.writeStartObject();
        out.writeStringField("key", key);
        out.writeObjectFieldStart("value");
        out.writeStringField("stringValue", value);
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void number(JsonGenerator out, String key, long value) throws IOException {
        out.writeStartObject();
        out.writeStringField("key", key);
        out.writeObjectFieldStart("value");
        out.writeStringField("intValue", Long.toString(value));
        out.writeEndObject();
        out.writeEndObject();
    }
}
