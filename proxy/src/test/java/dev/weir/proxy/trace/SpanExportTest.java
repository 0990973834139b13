package dev.weir.proxy.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.config.OtlpTarget;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.SpanCollector;
import dev.weir.proxy.testkit.SpanCollector.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The way of spans to a collector.
final class SpanExportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TraceContext CONTEXT = new TraceContext(1, 2, 3, true);

    private final SpanCollector collector = SpanCollector.start();
    private final Path directory;
    private final AtomicReference<WeirConfig> config;
    private final SpanExport export;

    SpanExportTest(@TempDir Path directory) {
        this.directory = directory;
        config = new AtomicReference<>(config("otlp_endpoint = " + collector.address()));
        export = new SpanExport(config::get, Duration.ofMillis(20));
    }

    @AfterEach
    void stop() {
        export.close().toCompletableFuture().join();
        collector.close();
    }

    private WeirConfig config(String line) {
        try {
            Path file = directory.resolve("weir.ini");
            Files.writeString(file, "[pgbouncer]\n" + line + "\n");
            return Objects.requireNonNull(ConfigLoader.load(file, Map.of()).config());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StatementSpan span(long waitNanos, long servedNanos, StatementSpan.@Nullable Failure failure) {
        return new StatementSpan(
                CONTEXT,
                1_700_000_000_123_456_789L,
                waitNanos,
                servedNanos,
                "app",
                "alice",
                "app_db",
                "SELECT $1 FROM \"Größe\"",
                7,
                failure,
                "",
                new InetSocketAddress(InetAddress.ofLiteral("::1"), 51_234),
                servedNanos < 0
                        ? null
                        : new StatementSpan.Server(
                                "db.example.com",
                                5432,
                                4711,
                                new InetSocketAddress(InetAddress.ofLiteral("10.0.0.5"), 5432)));
    }

    private void awaitCounts(long sent, long dropped, long failed) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(export.counts()).isEqualTo(new SpanCounts(sent, dropped, failed)));
    }

    @Test
    void timesAndIdsAreExact() {
        export.add(span(1_000, 2_000_000, null));
        awaitCounts(3, 0, 0);
        Span whole = collector.span("SELECT \"Größe\"");
        assertThat(whole.traceId()).isEqualTo("00000000000000010000000000000002");
        assertThat(whole.parentId()).isEqualTo("0000000000000003");
        assertThat(whole.start()).isEqualTo(1_700_000_000_123_456_789L);
        assertThat(whole.end()).isEqualTo(1_700_000_000_125_457_789L);
        assertThat(whole.attributes())
                .containsEntry("network.peer.address", "0:0:0:0:0:0:0:1")
                .containsEntry("client.port", "51234")
                .doesNotContainKey("weir.application_name");
        Span wait = collector.child(whole, "pool wait");
        Span server = collector.child(whole, "server");
        assertThat(wait.end()).isEqualTo(server.start()).isEqualTo(1_700_000_000_123_457_789L);
        assertThat(server.attributes())
                .containsEntry("server.address", "db.example.com")
                .containsEntry("network.peer.address", "10.0.0.5")
                .containsEntry("weir.server_pid", "4711")
                .containsEntry("db.namespace", "app_db");
        assertThat(List.of(whole.spanId(), wait.spanId(), server.spanId())).doesNotHaveDuplicates();
        assertThat(collector.requests().getFirst().body())
                .contains("{\"key\":\"service.instance.id\"", "\"flags\":769", "\"flags\":257");
    }

    @Test
    void manyGoTogether() {
        for (int i = 0; i < 1000; i++) {
            export.add(span(0, 5, null));
        }
        awaitCounts(2000, 0, 0);
        assertThat(collector.requests()).hasSizeLessThanOrEqualTo(8);
        assertThat(collector.requests())
                .allSatisfy(request -> assertThat(SpanCollector.read(request.body()))
                        .hasSizeLessThanOrEqualTo(2 * SpanExport.BATCH_MAX));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void isSentAgainWhereThatHelps(int status) {
        collector.reply(status, "0", "");
        collector.reply(status, "", "what");
        try (LogLines log = LogLines.of(SpanExport.class)) {
            export.add(span(0, 5, null));
            awaitCounts(2, 0, 0);
            await().atMost(PATIENCE).until(() -> log.lines().size() == 2);
            assertThat(log.lines().get(0))
                    .startsWith("WARN spans cannot be sent to 127.0.0.1:")
                    .endsWith(": status " + status);
            assertThat(log.lines().get(1))
                    .startsWith("INFO spans are sent to 127.0.0.1:")
                    .endsWith("again; 0 were lost");
        }
        assertThat(collector.requests())
                .hasSize(3)
                .extracting(SpanCollector.Request::body)
                .containsOnly(collector.requests().getFirst().body());
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 404, 413, 500})
    void isNotSentAgainWhereThatDoesNotHelp(int status) {
        collector.reply(status, "0", "");
        try (LogLines log = LogLines.of(SpanExport.class)) {
            export.add(span(0, 5, null));
            awaitCounts(0, 0, 2);
            assertThat(log.lines()).hasSize(1);
        }
        assertThat(collector.requests()).hasSize(1);
    }

    @Test
    void isGivenUpInTheEnd() {
        for (int i = 0; i < SpanExport.ATTEMPTS_MAX; i++) {
            collector.reply(503, "0", "");
        }
        export.add(span(0, 5, null));
        awaitCounts(0, 0, 2);
        export.add(span(0, 5, null));
        awaitCounts(2, 0, 2);
    }

    @Test
    void theRetryAfterOfTheCollectorIsHeeded() {
        collector.reply(429, "1", "");
        long before = System.nanoTime();
        export.add(span(0, 5, null));
        awaitCounts(2, 0, 0);
        assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
    }

    @Test
    void whatTheCollectorRejectsCountsAsFailed() {
        collector.reply(200, "", "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"too\\nold\"}}");
        collector.reply(200, "", "not JSON");
        try (LogLines log = LogLines.of(SpanExport.class)) {
            export.add(span(0, 5, null));
            awaitCounts(1, 0, 1);
            assertThat(log.lines()).singleElement().asString().endsWith("has rejected 1 spans: too old");
            export.add(span(0, 5, null));
            awaitCounts(3, 0, 1);
        }
    }

    @Test
    void whatHasNoRoomIsDropped() {
        collector.reply(503, "60", "");
        export.add(span(0, 5, null));
        await().atMost(PATIENCE).until(() -> collector.requests().size() == 1);
        for (int i = 0; i < SpanExport.QUEUE_MAX + 10; i++) {
            export.add(span(0, 5, null));
        }
        assertThat(export.counts().dropped()).isEqualTo(20);
        assertThat(export.hasRoom(1)).isFalse();
        // whoever closes waits neither for the collector nor for its pause
        export.close().toCompletableFuture().join();
        assertThat(export.counts().sent()
                        + export.counts().dropped()
                        + export.counts().failed())
                .isEqualTo(2 * (SpanExport.QUEUE_MAX + 11) + 1);
    }

    @Test
    void whatIsLeftIsSentAtTheEndAndNothingBehindIt() {
        SpanExport patient = new SpanExport(config::get, Duration.ofSeconds(20));
        patient.add(span(0, -1, new StatementSpan.Failure("", "gone")));
        patient.close().toCompletableFuture().join();
        assertThat(patient.counts()).isEqualTo(new SpanCounts(1, 0, 0));
        Span only = collector.spans().getFirst();
        assertThat(only.status()).isEqualTo(2);
        assertThat(only.message()).isEqualTo("gone");
        assertThat(only.get("error.type")).isEqualTo("_OTHER");
        patient.add(span(0, 5, null));
        assertThat(patient.counts()).isEqualTo(new SpanCounts(1, 2, 0));
        patient.close().toCompletableFuture().join();
    }

    @Test
    void withoutAnAddressNothingIsSent() {
        config.set(config("otlp_endpoint ="));
        export.add(span(0, 5, null));
        awaitCounts(0, 2, 0);
        assertThat(collector.requests()).isEmpty();
    }

    @Test
    void theThreadIsThereOnlyWhileThereIsSomethingToSend() {
        SpanExport quick = new SpanExport(config::get, Duration.ofMillis(1));
        quick.add(span(0, 5, null));
        await().atMost(PATIENCE).until(() -> quick.counts().sent() == 2 && !quick.isSending());
        quick.add(span(0, 5, null));
        await().atMost(PATIENCE).until(() -> quick.counts().sent() == 4);
        quick.close().toCompletableFuture().join();
    }

    @Test
    void whateverGoesWrongIsNotTriedAgainAtOnce() {
        try (LogLines log = LogLines.of(SpanExport.class)) {
            SpanExport broken = new SpanExport(
                    () -> {
                        throw new IllegalStateException("no configuration");
                    },
                    Duration.ofMillis(20));
            broken.add(span(0, 1, null));
            await().atMost(PATIENCE).until(() -> log.lines().size() == 1);
            broken.add(span(0, 1, null));
            await().during(Duration.ofMillis(300)).until(() -> log.lines().size() == 1);
            broken.close().toCompletableFuture().join();
        }
    }

    @Test
    void aBodyThatNeverComesIsNotWaitedForForEver() throws Exception {
        try (ServerSocket collector = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpClient client = HttpClient.newHttpClient()) {
            Thread stalling = Thread.ofVirtual().start(() -> sendHeadOnly(collector));
            OtlpTarget target = Objects.requireNonNull(
                    OtlpTarget.of(config("otlp_endpoint = http://127.0.0.1:" + collector.getLocalPort())));
            Duration patience = Duration.ofSeconds(2);
            assertThat(CompletableFuture.supplyAsync(() -> post(new SpanPost(client, patience), target))
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isNotNull();
            stalling.interrupt();
        }
    }

    private static SpanPost.Answer post(SpanPost post, OtlpTarget target) {
        try {
            return post.send(target, new byte[] {'{', '}'});
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sendHeadOnly(ServerSocket collector) {
        try (Socket connection = collector.accept()) {
            assertThat(connection.getInputStream().read()).isPositive();
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (connection.getInputStream().read() >= 0) {
                Thread.onSpinWait(); // until the other side has had enough
            }
        } catch (IOException _) {
            // the end of the test
        }
    }
}
