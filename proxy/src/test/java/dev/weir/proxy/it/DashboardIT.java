package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.console.port.ShutdownMode;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Browser;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LinkFaults;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WebPages;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The page as somebody on call sees it, in Chromium. With `-Ddashboard.pictures=DIRECTORY` it leaves pictures there.
final class DashboardIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static @Nullable Browser browser;

    private final LinkFaults link = LinkFaults.to(TestPostgres.shared(18).port());

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private WebPages pages;

    @BeforeAll
    static void startBrowser() throws IOException {
        Path program = Browser.program();
        assumeTrue(program != null, "Chromium is not installed: apt-get install chromium");
        browser = Browser.start(Objects.requireNonNull(program));
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() {
        weir = WebPages.in(WeirFixture.overPort(link.port())
                        .set("default_pool_size", "2")
                        .set("alert_raise_after", "1")
                        .set("alert_clear_after", "1")
                        .set("server_login_retry", "1"))
                .start();
        pages = WebPages.of(weir);
        browser().size(1200, 900).dark(false).open(pages.uri("/"));
    }

    @AfterEach
    void stop() {
        pages.close();
        weir.close();
        link.close();
    }

    @Test
    void saysThatNobodyIsThereYet() {
        awaitVerdict("good", "Weir is ready");
        assertThat(browser().text("#alerts")).isEqualTo("None.");
        assertThat(browser().text("#databases")).contains("ready", "app");
        assertThat(browser().text("#figures")).contains("clients waiting");
        picture("empty");
        browser().size(360, 780).dark(true);
        assertThat(browser().evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo("true");
        picture("empty-phone-dark");
        assertThat(browser().complaints()).isEmpty();
    }

    @Test
    void saysThatThePoolIsTheBottleneckAndWhoWaits() {
        try (RawClient one = weir.connect(Accounts.APP).run("BEGIN");
                RawClient two = weir.connect(Accounts.APP).run("BEGIN");
                RawClient three = weir.connect(Accounts.APP)) {
            three.send(Frontend.query("SELECT 1"));
            awaitVerdict("bad", "The pool is the bottleneck");
            assertThat(browser().text("#verdict-text")).contains("app/app: all servers are busy, 1 client waits");
            assertThat(browser().text("#pools")).contains("app/app", "2 of 2 busy", "1 client waits, the first for");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser().text("#alerts"))
                            .contains("critical", "pool_utilization: 2 of 2 servers are in use"));
            picture("bottleneck");
            one.run("COMMIT");
            two.run("COMMIT");
            three.readUntilReady();
            awaitVerdict("good", "The pooler is fine");
        }
        assertThat(browser().complaints()).isEmpty();
    }

    @Test
    void showsWhoHoldsTheServersAndWhatTakesTheTime() {
        weir.reload(setup -> setup.set("leak_detection_threshold", "0.5").set("slow_query_threshold", "0.2"));
        try (RawClient client = weir.connect(Accounts.APP);
                RawClient leaking = weir.connect(Accounts.APP)) {
            client.run("SELECT pg_sleep(0.25), '<b>' AS \"<img src=x onerror=alert(1)>\"");
            leaking.run("SET application_name = 'billing-api'").run("BEGIN").run("SELECT 42 AS last");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser().text("#blockers"))
                            .contains("billing-api at 127.0.0.1", "app/app", "leaking", "SELECT $1 AS last"));
            assertThat(browser().text("#queries"))
                    .contains("SELECT pg_sleep($1), $2 AS \"<img src=x onerror=alert(1)>\"");
            assertThat(browser().text("#slow")).contains("SELECT pg_sleep($1), $2", "ago", "app at 127.0.0.1");
            picture("leaking");
            browser().size(360, 780).dark(true);
            assertThat(browser().evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo("true");
            picture("leaking-phone-dark");
        }
        assertThat(browser().complaints()).isEmpty();
    }

    @Test
    void saysThatPostgresCannotBeReached() {
        weir.connect(Accounts.APP).run("SELECT 1").close();
        link.refuse();
        link.cut();
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT 1"));
            awaitVerdict("bad", "PostgreSQL cannot be reached");
            assertThat(browser().text("#databases")).contains("unavailable", "no server for anybody");
            browser().size(360, 780).dark(true);
            picture("unreachable-phone-dark");
            assertThat(browser().evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo("true");
            link.accept(true);
            client.readUntilReady();
        }
        awaitVerdict("good", "The pooler is fine");
    }

    @Test
    void saysWhenWeirDoesNotAnswer() {
        awaitVerdict("good", "Weir is ready");
        weir.pooler().shutdown(ShutdownMode.IMMEDIATE);
        awaitVerdict("bad", "Weir does not answer");
    }

    @Test
    void showsWhatClientsCallThemselvesAsText() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            client.run("SET application_name = '<img src=x onerror=alert(1)>'");
            client.run("SELECT pg_advisory_lock(1)");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser().text("#pins"))
                            .contains("<img src=x onerror=alert(1)>", "advisory lock"));
            assertThat(browser().evaluate("document.querySelectorAll('img').length"))
                    .isEqualTo("0");
        }
        assertThat(browser().complaints()).isEmpty();
    }

    @Test
    void drawsTheLastMinutesAndShowsTheConfiguration() {
        try (RawClient client = weir.connect(Accounts.APP)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                client.run("SELECT 1");
                assertThat(browser().text("#chart-rate .legend")).containsPattern("queries 0?\\.?[1-9]");
            });
            assertThat(browser().evaluate("document.querySelectorAll('#chart-wait path').length"))
                    .isEqualTo("3");
            browser()
                    .evaluate("(document.getElementById('config-details').open = true,"
                            + " document.getElementById('config-find').value = 'ready_dead',"
                            + " document.getElementById('config-find').dispatchEvent(new Event('input')))");
            assertThat(browser().text("#config tbody")).isEqualTo("ready_deadline\t2\t2");
            browser()
                    .evaluate("(document.getElementById('chart-pool').value = '[\"app\",\"app\"]',"
                            + " document.getElementById('chart-pool').dispatchEvent(new Event('change')))");
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(browser().text("#chart-load .legend")).contains("servers 1"));
        }
        assertThat(browser().complaints()).isEmpty();
    }

    private void awaitVerdict(String level, String title) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser()
                                .evaluate("document.getElementById('verdict').className + ' ' +"
                                        + " document.getElementById('verdict-title').textContent"))
                        .isEqualTo(level + " " + title));
    }

    private static Browser browser() {
        return Objects.requireNonNull(browser);
    }

    private static void picture(String name) {
        String directory = System.getProperty("dashboard.pictures");
        if (directory != null) {
            try {
                Files.write(Path.of(directory).resolve(name + ".png"), browser().picture());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
