package dev.weir.proxy.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.weir.config.OtlpTarget;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request to a collector (OTLP 1, "OTLP/HTTP Request" and "Response"). Blocks.
final class SpanPost {

    /// How long a request may take.
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(1);
    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final int MESSAGE_CHARS_MAX = 200;
    private static final JsonFactory JSON = new JsonFactory();

    private final HttpClient client;
    private final Duration patience;

    SpanPost(HttpClient client) {
        this(client, TIMEOUT);
    }

    /// @param patience for the head of an answer, and for its body
    SpanPost(HttpClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    /// What the collector answers.
    ///
    /// @param failure why it has not taken the batch; null if it has
    /// @param worthRepeating whether it may take the same batch later
    /// @param retryAfter when, if it says so
    /// @param rejected how many spans of a batch that it has taken it did not want
    /// @param message what it says of these
    record Answer(
            @Nullable String failure,
            boolean worthRepeating,
            @Nullable Duration retryAfter,
            long rejected,
            String message) {

        boolean taken() {
            return failure == null;
        }

        private static Answer failed(String why, boolean worthRepeating, @Nullable Duration retryAfter) {
            return new Answer(why, worthRepeating, retryAfter, 0, "");
        }
    }

    Answer send(OtlpTarget target, byte[] body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.address())
                .timeout(patience)
                .header("Content-Type", "application/json")
                .header("User-Agent", "Weir")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        target.headers().forEach(request::setHeader);
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            return answer(response, body(response));
        } catch (IOException e) {
            String why = e.getMessage();
            return Answer.failed(why == null ? e.getClass().getSimpleName() : why, true, null);
        }
    }

    /// What has come of the body in time: the client itself waits for the rest of one as long as the collector likes.
    private byte[] body(HttpResponse<InputStream> response) throws IOException {
        try (InputStream in = response.body()) {
            CompletableFuture<Void> limit = CompletableFuture.runAsync(
                    () -> closeQuietly(in),
                    CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
            try {
                return in.readNBytes(ANSWER_BYTES_MAX);
            } finally {
                limit.cancel(false);
            }
        }
    }

    private static void closeQuietly(InputStream in) {
        try {
            in.close();
        } catch (IOException _) {
            // whoever reads it is told
        }
    }

    private static Answer answer(HttpResponse<?> response, byte[] body) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return partialSuccess(body);
        }
        boolean later = status == 429 || status == 502 || status == 503 || status == 504;
        return Answer.failed("status " + status, later, later ? retryAfter(response) : null);
    }

    /// Seconds; a date is taken for nothing.
    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String text = response.headers().firstValue("Retry-After").orElse("");
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        Duration pause = Duration.ofSeconds(Long.parseLong(text));
        return pause.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : pause;
    }

    /// `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"…"}}`, or anything else where all is well.
    private static Answer partialSuccess(byte[] body) {
        long rejected = 0;
        String message = "";
        try (JsonParser in = JSON.createParser(body)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    JsonToken value = in.nextToken();
                    if (name.equals("rejectedSpans") || name.equals("rejected_spans")) {
                        rejected = Math.max(0, in.getValueAsLong());
                    } else if (value == JsonToken.VALUE_STRING
                            && (name.equals("errorMessage") || name.equals("error_message"))) {
                        message = in.getText();
                    }
                }
            }
        } catch (IOException _) {
            return new Answer(null, false, null, 0, ""); // a collector that says 200 and no JSON has taken all
        }
        String line = message.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return new Answer(
                null,
                false,
                null,
                rejected,
                line.length() <= MESSAGE_CHARS_MAX ? line : line.substring(0, MESSAGE_CHARS_MAX) + "…");
    }
}
