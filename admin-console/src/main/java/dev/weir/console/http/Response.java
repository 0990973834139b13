package dev.weir.console.http;

import dev.weir.console.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A response in whole. Immutable.
final class Response {

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    /// @param body not copied, and not to be changed any more
    Response(int status, String contentType, byte[] body) {
        this(status, Map.of("Content-Type", contentType), body);
    }

    private Response(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    static Response text(int status, String text) {
        return new Response(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Response json(int status, byte[] body) {
        return new Response(status, "application/json", body);
    }

    /// Something was wrong, in JSON.
    static Response error(int status, String message) {
        return json(status, Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("error", message);
            out.writeEndObject();
        }));
    }

    /// The same with another header.
    Response with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Response(status, more, body);
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }
}
