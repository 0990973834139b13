package dev.weir.proxy.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A collector of spans that takes OTLP/HTTP in JSON, and is strict about its form.
public final class SpanCollector implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();

    /// One request as it came.
    public record Request(String path, Map<String, List<String>> headers, String body) {}

    /// One answer.
    ///
    /// @param retryAfter header, empty for none
    public record Reply(int status, String retryAfter, String body) {}

    /// One span.
    ///
    /// @param parentId empty for none
    /// @param status 2 for an error, 0 if none is given
    public record Span(
            String service,
            String traceId,
            String spanId,
            String parentId,
            String name,
            int kind,
            long start,
            long end,
            Map<String, String> attributes,
            int status,
            String message) {

        /// An attribute; empty if it is not there.
        public String get(String attribute) {
            return attributes.getOrDefault(attribute, "");
        }
    }

    private SpanCollector(HttpServer server) {
        this.server = server;
        server.createContext("/", this::take);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /// One that listens on a free port.
    public static SpanCollector start() {
        try {
            return new SpanCollector(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the next request is answered with, and then the one after it; else 200.
    public void reply(int status, String retryAfter, String body) {
        replies.add(new Reply(status, retryAfter, body));
    }

    private void take(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Reply reply = replies.poll();
        if (reply == null) {
            reply = new Reply(200, "", "{}");
        }
        requests.add(new Request(exchange.getRequestURI().toString(), Map.copyOf(exchange.getRequestHeaders()), body));
        if (!reply.retryAfter().isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", reply.retryAfter());
        }
        byte[] answer = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    /// Where it listens.
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// What has come so far, answered well or not.
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /// All spans of all requests.
    public List<Span> spans() {
        return requests.stream()
                .flatMap(request -> read(request.body()).stream())
                .toList();
    }

    /// Those of this name.
    public List<Span> spans(String name) {
        return spans().stream().filter(span -> span.name().equals(name)).toList();
    }

    /// The only one of this name.
    public Span span(String name) {
        List<Span> found = spans(name);
        if (found.size() != 1) {
            throw new AssertionError("not one span '" + name + "' but " + found.size() + ", of " + spans());
        }
        return found.getFirst();
    }

    /// The only span of this name within another one.
    public Span child(Span parent, String name) {
        return spans(name).stream()
                .filter(span -> span.parentId().equals(parent.spanId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no '" + name + "' in " + parent + ", of " + spans()));
    }

    /// The spans in a request's body.
    public static List<Span> read(String body) {
        try {
            JsonNode resource = only(JSON.readTree(body).get("resourceSpans"));
            String service =
                    attributes(resource.get("resource").get("attributes")).getOrDefault("service.name", "");
            JsonNode scope = only(resource.get("scopeSpans"));
            List<Span> spans = new CopyOnWriteArrayList<>();
            for (JsonNode span : scope.get("spans")) {
                spans.add(new Span(
                        service,
                        hex(span.get("traceId"), 32),
                        hex(span.get("spanId"), 16),
                        span.has("parentSpanId") ? hex(span.get("parentSpanId"), 16) : "",
                        span.get("name").textValue(),
                        span.get("kind").intValue(),
                        Long.parseLong(span.get("startTimeUnixNano").textValue()),
                        Long.parseLong(span.get("endTimeUnixNano").textValue()),
                        attributes(span.get("attributes")),
                        span.path("status").path("code").asInt(0),
                        span.path("status").path("message").asText("")));
            }
            return spans;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode only(JsonNode array) {
        if (!array.isArray() || array.size() != 1) {
            throw new AssertionError("not an array of one: " + array);
        }
        return array.get(0);
    }

    private static String hex(JsonNode id, int digits) {
        String text = id.textValue();
        if (!text.matches("[0-9a-f]{" + digits + "}") || text.matches("0*")) {
            throw new AssertionError("not an id: " + id);
        }
        return text;
    }

    private static Map<String, String> attributes(JsonNode array) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (JsonNode each : array) {
            JsonNode value = each.get("value");
            JsonNode text = value.has("intValue") ? value.get("intValue") : value.get("stringValue");
            if (value.size() != 1 || !text.isTextual()) {
                throw new AssertionError("not an attribute: " + each);
            }
            if (attributes.put(each.get("key").textValue(), text.textValue()) != null) {
                throw new AssertionError("an attribute is there twice: " + each);
            }
        }
        return attributes;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
