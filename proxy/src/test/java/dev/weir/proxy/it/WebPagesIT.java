package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LinkFaults;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Health, JSON and alerts of a pooler in front of a real PostgreSQL.
@ExtendWith(LeakGuard.class)
final class WebPagesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestPostgres postgres = TestPostgres.shared(18);

    @Test
    void aDatabaseThatWasGoneIsReadyAgainThoughNoClientComes() {
        try (LinkFaults link = LinkFaults.to(postgres.port());
                WeirFixture weir =
                        WebPages.in(WeirFixture.overPort(link.port())).start();
                WebPages pages = WebPages.of(weir)) {
            assertThat(pages.get("/health/ready")).startsWith("200 {\"status\":\"ready\"");
            weir.connect(Accounts.APP).run("SELECT 1").close();
            link.refuse();
            link.cut();
            try (RawClient client = weir.connect(Accounts.APP)) {
                client.send(Frontend.query("SELECT 1"));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(pages.get("/health/ready?database=app"))
                                .startsWith("503 {\"status\":\"unavailable\"")
                                .contains("no server for anybody", "\"clients_waiting\":1"));
            }
            assertThat(pages.get("/metrics")).contains("weir_pool_unreachable{database=\"app\",user=\"app\"} 1.0");
            link.accept(true);
            // Nobody connects: only the look at its health has it tried again.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(pages.get("/health/ready?database=app"))
                            .startsWith("200 {\"status\":\"ready\"")
                            .contains("\"servers_connected\":1"));
        }
    }

    @Test
    void aPoolThatLetsClientsWaitIsDegradedAndAPausedOneIsNot() {
        try (WeirFixture weir = WebPages.in(WeirFixture.over(postgres)
                                .set("default_pool_size", "1")
                                .set("ready_deadline", "0.2"))
                        .start();
                WebPages pages = WebPages.of(weir);
                RawClient holder = weir.connect(Accounts.APP).run("BEGIN");
                RawClient waiter = weir.connect(Accounts.APP)) {
            waiter.send(Frontend.query("SELECT 1"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(pages.get("/health/ready?database=app"))
                            .startsWith("200 {\"status\":\"degraded\"")
                            .contains("app: 1 client waits", "all 1 servers are busy"));
            assertThat(pages.get("/health/ready?database=other")).startsWith("200 {\"status\":\"ready\"");
            holder.run("COMMIT");
            waiter.readUntilReady();
            assertThat(pages.get("/health/ready?database=app")).startsWith("200 {\"status\":\"ready\"");
            try (RawClient console = weir.console()) {
                console.run("PAUSE app");
                assertThat(pages.get("/health/ready?database=app")).startsWith("200 {\"status\":\"paused\"");
                console.run("RESUME app");
                console.run("DISABLE app");
                assertThat(pages.get("/health/ready?database=app")).startsWith("503 {\"status\":\"disabled\"");
                assertThat(pages.get("/health/ready")).startsWith("200 {\"status\":\"ready\"");
            }
        }
    }

    @Test
    void tellsWhoIsConnectedAndNoSecret() {
        String name = "<b>\"\\app";
        try (WeirFixture weir = WebPages.in(WeirFixture.over(postgres)
                                .set("http_bearer_token", "t0p-secret-token")
                                .set("http_password", "t0p-secret-password"))
                        .start();
                WebPages pages = WebPages.of(weir);
                RawClient client = weir.connect(Accounts.APP)) {
            client.run("SET application_name = '" + name + "'").run("BEGIN");
            assertThat(pages.get("/api/clients")).startsWith("401 ");
            assertThat(pages.get("/health/ready")).isEqualTo("200 {\"status\":\"ready\"}");
            String[] token = {"Authorization", "Bearer t0p-secret-token"};
            assertThat(pages.get("/api/clients?state=active&database=app", token))
                    .startsWith("200 ")
                    .contains("\"total\":1", "\"user\":\"app\"", "\"application_name\":\"<b>\\\"\\\\app\"");
            assertThat(pages.get("/api/servers", token)).contains("\"state\":\"active\"", "\"total\":1");
            assertThat(pages.get("/api/pools", token)).contains("\"servers_active\":1");
            assertThat(pages.get("/api/stats?database=app", token)).contains("\"server_assignments_total\":");
            assertThat(pages.get("/api/status", token)).contains("\"listen_port\":" + weir.port());
            for (String path : List.of("/api/config", "/metrics", "/api/databases", "/")) {
                assertThat(pages.get(path, token)).startsWith("200 ").doesNotContain("t0p-secret");
            }
            assertThat(pages.get("/api/config", token)).contains("\"name\":\"http_password\",\"value\":\"***\"");
        }
    }

    @Test
    void alertsAreRaisedToldAndCleared() throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        try (LogLines log = LogLines.of("dev.weir.console.alert.Watch");
                WeirFixture weir = WebPages.in(WeirFixture.over(postgres)
                                .set("default_pool_size", "1")
                                .set("alert_raise_after", "1")
                                .set("alert_clear_after", "1")
                                .set("alert_pool_utilization_warning", "0")
                                .set(
                                        "alert_webhook_url",
                                        "http://127.0.0.1:"
                                                + receiver.getAddress().getPort() + "/s3cret"))
                        .start();
                WebPages pages = WebPages.of(weir);
                RawClient client = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            assertThat(Shown.rows(console, "SHOW ALERTS")).isEmpty();
            client.run("BEGIN");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Shown.rows(console, "SHOW ALERTS"))
                            .extracting(row -> row.get("state") + " " + row.get("severity") + " " + row.get("rule")
                                    + " " + row.get("database"))
                            .containsExactly("active critical pool_utilization app"));
            assertThat(pages.get("/metrics"))
                    .contains("weir_alert_active{database=\"app\",rule=\"pool_utilization\",severity=\"critical\","
                            + "user=\"app\"} 1.0");
            assertThat(pages.get("/api/alerts?state=active")).contains("\"total\":1", "\"value\":100.0");
            client.run("COMMIT");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Shown.rows(console, "SHOW ALERTS"))
                            .extracting(row -> row.get("state"))
                            .containsExactly("cleared"));
            await().atMost(PATIENCE).until(() -> told.size() == 2);
            assertThat(told.get(0)).contains("\"state\":\"active\"");
            assertThat(told.get(1)).contains("\"state\":\"cleared\"");
            assertThat(log.lines())
                    .hasSize(2)
                    .noneMatch(line -> line.contains("s3cret"))
                    .satisfies(lines -> assertThat(lines.get(0))
                            .isEqualTo(
                                    "WARN alert raised: pool_utilization critical app/app: 1 of 1 servers are in use,"
                                            + " 0 clients wait"))
                    .satisfies(lines -> assertThat(lines.get(1))
                            .startsWith("INFO alert cleared: pool_utilization critical app/app, after "));
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void refusedLoginsAreCounted() {
        try (WeirFixture weir = WebPages.in(WeirFixture.over(postgres)).start();
                WebPages pages = WebPages.of(weir)) {
            refused(weir, new Login("app", "wrong", "app"));
            refused(weir, new Login("app", "wrong", "app"));
            refused(weir, new Login("app", "app-secret", "nowhere"));
            assertThat(pages.get("/metrics"))
                    .contains("weir_client_login_failures_total{database=\"app\",sqlstate=\"28P01\"} 2.0")
                    .contains("weir_client_login_failures_total{database=\"\",sqlstate=\"");
        }
    }

    @Test
    void keepsTheLastMinutes() {
        try (WeirFixture weir = WebPages.in(WeirFixture.over(postgres)).start();
                WebPages pages = WebPages.of(weir);
                RawClient client = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 50; i++) {
                client.run("SELECT 1");
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(pages.get("/api/history?database=app&user=app"))
                            .startsWith("200 ")
                            .containsPattern("\"queries_per_second\":[1-9]")
                            .contains("\"servers_connected\":1"));
        }
    }

    @Test
    void servesOverTlsWithTheCertificateThatWasReadLast() throws GeneralSecurityException {
        X509Bundle first = Certificates.authority("first authority of the pages");
        X509Bundle second = Certificates.authority("second authority of the pages");
        PemFiles files = Certificates.write(
                Certificates.directory(), "pages", Certificates.issued(Certificates.server(), first));
        try (WeirFixture weir = WebPages.in(WeirFixture.over(postgres)
                        .set("http_tls_cert_file", files.chain().toString())
                        .set("http_tls_key_file", files.key().toString()))
                .start()) {
            try (WebPages pages = WebPages.of(weir, trusting(first));
                    WebPages plain = WebPages.of(weir)) {
                assertThat(pages.get("/health/ready")).startsWith("200 {\"status\":\"ready\"");
                assertThatThrownBy(() -> plain.get("/health/ready")).isInstanceOf(UncheckedIOException.class);
            }
            files.overwrite(Certificates.issued(Certificates.server().rsa2048(), second));
            weir.reload(_ -> {});
            try (WebPages pages = WebPages.of(weir, trusting(second));
                    WebPages old = WebPages.of(weir, trusting(first))) {
                assertThat(pages.get("/health/ready")).startsWith("200 {\"status\":\"ready\"");
                assertThatThrownBy(() -> old.get("/health/ready")).isInstanceOf(UncheckedIOException.class);
            }
        }
    }

    private static SSLContext trusting(X509Bundle authority) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, authority.toTrustManagerFactory().getTrustManagers(), null);
        return context;
    }

    private static void refused(WeirFixture weir, Login login) {
        try (RawClient client = RawClient.open(weir.tcp())) {
            assertThat(client.tryLogin(login).getLast().type()).isEqualTo('E');
        }
    }
}
