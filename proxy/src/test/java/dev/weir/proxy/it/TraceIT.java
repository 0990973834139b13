package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.SpanCollector;
import dev.weir.proxy.testkit.SpanCollector.Span;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Spans of statements, as a collector gets them.
@ExtendWith(LeakGuard.class)
final class TraceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SERVER = 2;
    private static final int CLIENT = 3;

    private final TestPostgres postgres = TestPostgres.shared(18);
    private final SpanCollector collector = SpanCollector.start();
    private int traces;

    @AfterEach
    void stop() {
        collector.close();
    }

    private WeirFixture.Setup setup(String mode) {
        return WeirFixture.over(postgres)
                .set("pool_mode", mode)
                .set("workers", "1")
                .set("default_pool_size", "1")
                .set("otlp_endpoint", collector.address());
    }

    /// A comment of a trace of its own.
    private String sampled() {
        traces++;
        return "/*action='show',traceparent='00-" + traceId(traces) + "-" + spanId(traces) + "-01'*/";
    }

    private static String traceId(int number) {
        return "4bf92f3577b34da6a3ce929d" + HexFormat.of().toHexDigits(number);
    }

    private static String spanId(int number) {
        return "00f067aa" + HexFormat.of().toHexDigits(number);
    }

    private Span traced(int number) {
        List<Span> found = collector.spans().stream()
                .filter(span -> span.traceId().equals(traceId(number)) && span.kind() == SERVER)
                .toList();
        assertThat(found).as("of trace %s", number).hasSize(1);
        assertThat(found.getFirst().parentId()).isEqualTo(spanId(number));
        return found.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void statementsBelongToTheApplicationsTrace(String mode) {
        Instant before = Instant.now();
        try (WeirFixture weir = setup(mode).start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SET application_name = 'billing-api'");
            client.run("SELECT 'secret' AS column FROM pg_class LIMIT 3 " + sampled());
            client.run("SELECT 1");
            client.error("SELECT 1 / 0 " + sampled());
            client.extended("SELECT $1::text " + sampled(), "x");
            client.extended("SELECT $1::text", "y");
        }
        Instant after = Instant.now();
        Span plain = traced(1);
        assertThat(plain.name()).isEqualTo("SELECT pg_class");
        assertThat(plain.service()).isEqualTo("weir");
        assertThat(plain.status()).isZero();
        assertThat(plain.attributes())
                .containsEntry("db.system.name", "postgresql")
                .containsEntry("db.namespace", Accounts.DATABASE)
                .containsEntry("db.query.summary", "SELECT pg_class")
                .containsEntry("db.query.text", "SELECT $1 AS column FROM pg_class LIMIT $2")
                .containsEntry("client.address", "127.0.0.1")
                .containsEntry("weir.pool", Accounts.DATABASE)
                .containsEntry("weir.user", "app")
                .containsEntry("weir.application_name", "billing-api")
                .containsEntry("weir.rows", "3")
                .doesNotContainKey("db.response.status_code");
        assertThat(plain.start())
                .isGreaterThanOrEqualTo(before.toEpochMilli() * 1_000_000)
                .isLessThan(plain.end());
        assertThat(plain.end()).isLessThanOrEqualTo((after.toEpochMilli() + 1) * 1_000_000);
        Span server = collector.child(plain, "server");
        assertThat(server.kind()).isEqualTo(CLIENT);
        assertThat(server.traceId()).isEqualTo(plain.traceId());
        assertThat(server.start()).isEqualTo(plain.start());
        assertThat(server.end()).isEqualTo(plain.end());
        assertThat(server.attributes())
                .containsEntry("server.address", "127.0.0.1")
                .containsEntry("server.port", Integer.toString(postgres.port()))
                .containsEntry("network.peer.address", "127.0.0.1")
                .containsKey("weir.server_pid");

        Span failed = traced(2);
        assertThat(failed.status()).isEqualTo(2);
        assertThat(failed.message()).isEmpty();
        assertThat(failed.attributes())
                .containsEntry("db.response.status_code", "22012")
                .containsEntry("error.type", "22012");
        assertThat(traced(3).get("db.query.text")).isEqualTo("SELECT $1::text");
        assertThat(collector.spans()).hasSize(6);
        assertThat(collector.requests()).allSatisfy(request -> {
            assertThat(request.path()).isEqualTo("/v1/traces");
            assertThat(request.headers()).containsEntry("Content-type", List.of("application/json"));
            assertThat(request.body()).doesNotContain("secret");
        });
    }

    @Test
    void theWaitForAServerIsASpanOfItsOwn() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient holder = weir.connect(Accounts.APP).run("BEGIN");
                RawClient waiter = weir.connect(Accounts.APP)) {
            waiter.send(Frontend.query("UPDATE pg_class SET relname = relname WHERE false " + sampled()));
            weir.awaitPool(Accounts.DATABASE, "app", "cl_waiting", "1");
            holder.run("COMMIT");
            waiter.readUntilReady();
            waiter.run("SELECT 1 " + sampled());
        }
        Span whole = traced(1);
        assertThat(whole.name()).isEqualTo("UPDATE pg_class");
        Span wait = collector.span("pool wait");
        Span server = collector.child(whole, "server");
        assertThat(wait.parentId()).isEqualTo(whole.spanId());
        assertThat(wait.traceId()).isEqualTo(whole.traceId());
        assertThat(wait.start()).isEqualTo(whole.start());
        assertThat(wait.end()).isGreaterThan(wait.start()).isEqualTo(server.start());
        assertThat(server.end()).isGreaterThan(server.start()).isEqualTo(whole.end());
        assertThat(wait.attributes()).containsEntry("weir.pool", Accounts.DATABASE);
    }

    @Test
    void aWaitInVainIsTracedToo() {
        try (WeirFixture weir =
                        setup("transaction").set("query_wait_timeout", "1").start();
                RawClient holder = weir.connect(Accounts.APP);
                RawClient simple = weir.connect(Accounts.APP);
                RawClient extended = weir.connect(Accounts.APP);
                RawClient named = weir.connect(Accounts.APP)) {
            holder.send(Frontend.parse("p", "SELECT 3 AS three"), Frontend.sync())
                    .readUntilReady();
            holder.run("BEGIN");
            // the statement is known: its Parse is answered without a server, and the Bind stands in line
            named.send(Frontend.parse("p", "SELECT 3 AS three " + sampled()), Frontend.sync())
                    .readUntilReady();
            simple.send(Frontend.query("SELECT 1 AS one " + sampled()));
            extended.send(Frontend.unnamed("SELECT 2 AS two " + sampled()), Frontend.sync());
            named.send(Frontend.bind("", "p"), Frontend.execute("", 0), Frontend.sync());
            for (RawClient client : List.of(simple, extended, named)) {
                client.expectFatal();
            }
            holder.run("COMMIT");
        }
        for (int i = 1; i <= 3; i++) {
            Span whole = traced(i);
            assertThat(whole.status()).isEqualTo(2);
            assertThat(whole.message()).isEqualTo("query_wait_timeout");
            assertThat(whole.get("db.response.status_code")).isEqualTo("53300");
            assertThat(whole.end() - whole.start()).isGreaterThan(500_000_000);
            assertThat(collector.child(whole, "pool wait").end()).isEqualTo(whole.end());
        }
        assertThat(collector.spans())
                .extracting(span -> span.get("db.query.text"))
                .contains("SELECT $1 AS one", "SELECT $1 AS two", "SELECT $1 AS three");
        assertThat(collector.spans("server")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aPreparedStatementsCommentCountsForItsFirstExecution(String mode) {
        try (WeirFixture weir = setup(mode).start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("p", "SELECT 1 AS prepared " + sampled()), Frontend.sync())
                    .readUntilReady();
            client.run("SELECT 'something else'");
            byte[] execution = Frontend.concat(Frontend.bind("", "p"), Frontend.execute("", 0), Frontend.sync());
            client.send(execution).readUntilReady();
            client.send(execution).readUntilReady();
            client.send(
                            Frontend.unnamed("BEGIN"),
                            Frontend.unnamed("SELECT 2 AS unnamed " + sampled()),
                            Frontend.sync())
                    .readUntilReady();
            client.send(Frontend.bind("", ""), Frontend.execute("", 0), Frontend.sync())
                    .readUntilReady();
            client.run("COMMIT");
        }
        assertThat(traced(1).get("db.query.text")).isEqualTo("SELECT $1 AS prepared");
        assertThat(traced(2).get("db.query.text")).isEqualTo("SELECT $1 AS unnamed");
        assertThat(collector.spans()).hasSize(4);
    }

    @Test
    void pgjdbcIsTraced() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", Accounts.APP.user());
        login.setProperty("password", Accounts.APP.password());
        login.setProperty("prepareThreshold", "2");
        try (WeirFixture weir = setup("transaction").start();
                Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + weir.port() + "/" + Accounts.DATABASE, login)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 3; i++) {
                try (PreparedStatement select = connection.prepareStatement("SELECT ? + 1 AS jdbc " + sampled())) {
                    select.setInt(1, i);
                    select.executeQuery().close();
                }
                connection.commit();
            }
        }
        for (int i = 1; i <= 3; i++) {
            assertThat(traced(i).get("db.query.text")).isEqualTo("SELECT $1 + $2 AS jdbc");
        }
    }

    @Test
    void whatIsNotSampledIsNotTracedAndChanceChoosesAmongTheRest() {
        try (WeirFixture weir =
                        setup("transaction").set("otlp_sample_one_in", "1").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SELECT 1 AS own");
            client.run("SELECT 2 AS unsampled " + sampled().replace("-01'", "-00'"));
            weir.reload(change -> change.set("otlp_sample_one_in", "0"));
            client.run("SELECT 3"); // takes the new rules for its next
            client.run("SELECT 4 AS late");
        }
        assertThat(collector.spans().stream().filter(span -> span.kind() == SERVER))
                .extracting(span -> span.get("db.query.text") + span.parentId())
                .contains("SELECT $1 AS own")
                .doesNotContain("SELECT $1 AS unsampled", "SELECT $1 AS late");
    }

    @Test
    void aServerThatIsLostIsAnErrorOfTheSpan() {
        try (WeirFixture weir = setup("transaction").start();
                RawClient victim = weir.connect(Accounts.APP);
                RawClient killer = RawClient.connect(postgres.tcp(), Accounts.SUPERUSER)) {
            victim.send(Frontend.query("SELECT pg_sleep(60) " + sampled()));
            await().atMost(PATIENCE)
                    .until(() -> killer.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                    + " WHERE usename = 'app' AND state = 'active' AND query LIKE '%" + traceId(1)
                                    + "%'")
                            .equals("1"));
            victim.readToEnd();
        }
        Span lost = traced(1);
        assertThat(lost.status()).isEqualTo(2);
        assertThat(lost.get("error.type")).isEqualTo("57P01");
        assertThat(collector.child(lost, "server").end()).isEqualTo(lost.end());
    }

    @Test
    void aCollectorThatIsDownHurtsNobodyAndAReloadFindsAnother() throws IOException {
        String nowhere;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nowhere = "http://127.0.0.1:" + closed.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (LogLines log = LogLines.of("dev.weir.proxy.trace.SpanExport");
                WeirFixture weir = WebPages.in(setup("transaction")
                                .set("otlp_endpoint", nowhere)
                                .set("otlp_headers", "Authorization=Bearer%20t0p-s3cret")
                                .set("otlp_service_name", "pooler"))
                        .start();
                WebPages pages = WebPages.of(weir);
                RawClient client = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            for (int i = 0; i < 500; i++) {
                client.run("SELECT 1 " + sampled());
            }
            await().atMost(PATIENCE).until(() -> !log.lines().isEmpty());
            assertThat(log.lines()).singleElement().asString().startsWith("WARN spans cannot be sent to 127.0.0.1:");
            assertThat(pages.get("/metrics"))
                    .contains("weir_spans_total{result=\"sent\"} 0.0", "weir_spans_total{result=\"dropped\"} 0.0");

            assertThat(Shown.rows(console, "SHOW CONFIG").toString())
                    .contains("otlp_headers")
                    .doesNotContain("s3cret");
            for (String path : List.of("/api/config", "/metrics")) {
                assertThat(pages.get(path)).startsWith("200 ").doesNotContain("s3cret");
            }

            weir.reload(change -> change.set("otlp_endpoint", collector.address() + "/otel/v1/traces"));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(log.lines()).last().asString().startsWith("INFO spans are sent to"));
            assertThat(log.lines()).noneMatch(line -> line.contains("s3cret"));
            assertThat(collector.requests().getFirst().path()).isEqualTo("/otel/v1/traces");
            assertThat(collector.requests().getFirst().headers())
                    .containsEntry("Authorization", List.of("Bearer t0p-s3cret"));
            assertThat(collector.spans().getFirst().service()).isEqualTo("pooler");
        }
    }
}
