package dev.weir.console.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weir.config.Secret;
import dev.weir.config.WebhookFormat;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AlertSettings;
import dev.weir.console.InMemoryPooler;
import dev.weir.console.TestConfig;
import dev.weir.console.json.JsonTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// From what the pooler tells to what a web server is sent.
final class WatchTest {

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch held = new CountDownLatch(1);
    private volatile int[] statuses = {200};
    private volatile boolean hold;
    private HttpServer receiver;
    private WeirConfig config;
    private Watch watch;
    private long second;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                if (hold) {
                    held.await();
                }
                int status = statuses[Math.min(requests.getAndIncrement(), statuses.length - 1)];
                if (status == 200) {
                    bodies.add(body);
                }
                exchange.sendResponseHeaders(status, -1);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        receiver.setExecutor(task -> Thread.ofVirtual().start(task));
        receiver.start();
        config = TestConfig.with(
                        AlertSettings.ALERT_WEBHOOK_URL,
                        new Secret("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook?key=s3cret"))
                .withGlobal(AlertSettings.ALERT_RAISE_AFTER, Duration.ofSeconds(2))
                .withGlobal(AlertSettings.ALERT_CLEAR_AFTER, Duration.ofSeconds(2))
                // One rule is enough here.
                .withGlobal(AlertSettings.ALERT_POOL_UTILIZATION_WARNING, 0)
                .withGlobal(AlertSettings.ALERT_MAX_WAIT, Duration.ZERO);
        watch = new Watch(pooler, () -> config, new Webhook(6432, Duration.ofMillis(1)));
    }

    @AfterEach
    void stop() {
        held.countDown();
        watch.close();
        receiver.stop(0);
    }

    @Test
    void tellsThatAnAlertWasRaisedAndCleared() {
        raise();
        await().until(() -> bodies.size() == 1);
        Map<String, Object> raised = JsonTree.object(bodies.getFirst().getBytes(StandardCharsets.UTF_8));
        assertThat(raised).containsKeys("instance", "time");
        assertThat(String.valueOf(raised.get("alerts")))
                .contains("rule=pool_utilization", "severity=critical", "state=active", "database=shop", "user=alice");
        pooler.pools.clear();
        ticks(4);
        await().until(() -> bodies.size() == 2);
        assertThat(bodies.get(1)).contains("\"state\":\"cleared\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 408})
    void triesAgainWhereThatMayHelp(int status) {
        statuses = new int[] {status, status, 200};
        raise();
        await().until(() -> bodies.size() == 1);
        assertThat(requests).hasValue(3);
    }

    @Test
    void givesUpWhereItDoesNotAndAfterSoManyAttempts() {
        statuses = new int[] {404, 500, 500, 500, 200};
        config = config.withGlobal(AlertSettings.ALERT_WEBHOOK_RETRIES, 2);
        raise();
        await().until(() -> requests.get() == 1);
        pooler.pools.clear();
        ticks(4); // three attempts that fail
        await().until(() -> requests.get() == 4);
        raise();
        await().until(() -> bodies.size() == 1);
        assertThat(requests).hasValue(5);
        assertThat(bodies.getFirst()).contains("\"state\":\"active\"");
    }

    @Test
    void neverWaitsForAReceiverThatHangs() {
        hold = true;
        long begun = System.nanoTime();
        for (int i = 0; i < 150; i++) {
            raise();
            pooler.pools.clear();
            ticks(4);
        }
        // The receiver has answered nothing so far: had anybody waited for it, this would not be reached.
        assertThat(bodies).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
        hold = false;
        held.countDown();
        await().until(() -> bodies.size() >= 100);
    }

    @Test
    void speaksToSlack() {
        config = config.withGlobal(AlertSettings.ALERT_WEBHOOK_FORMAT, WebhookFormat.SLACK);
        pooler.pools.add(InMemoryPooler.pool("<b&d>", "eve"));
        raise();
        await().until(() -> bodies.size() == 1);
        Map<String, Object> message = JsonTree.object(bodies.getFirst().getBytes(StandardCharsets.UTF_8));
        assertThat(message).containsOnlyKeys("text");
        assertThat(String.valueOf(message.get("text")))
                .contains(
                        ":rotating_light: *raised* pool_utilization critical shop/alice on ",
                        "pool_utilization critical &lt;b&amp;d&gt;/eve",
                        "22 of 20 servers are in use, 2 clients wait");
    }

    @Test
    @SuppressWarnings("unchecked") // labels are texts
    void speaksToAlertmanagerAndRepeatsWhatLasts() {
        config = config.withGlobal(AlertSettings.ALERT_WEBHOOK_FORMAT, WebhookFormat.ALERTMANAGER);
        raise();
        await().until(() -> bodies.size() == 1);
        Map<String, Object> alert = firstIn(bodies.getFirst());
        assertThat((Map<String, Object>) alert.get("labels"))
                .containsEntry("alertname", "weir_pool_utilization")
                .containsEntry("severity", "critical")
                .containsEntry("database", "shop")
                .containsEntry("user", "alice")
                .containsKey("instance");
        assertThat(time(alert, "endsAt")).isAfter(Instant.now());
        ticks(61);
        await().until(() -> bodies.size() == 2);
        assertThat(bodies.get(1)).contains("weir_pool_utilization");
        pooler.pools.clear();
        ticks(4);
        await().until(() -> bodies.size() >= 3);
        assertThat(time(firstIn(bodies.getLast()), "endsAt")).isBefore(time(alert, "endsAt"));
    }

    @Test
    void whatIsSwitchedOffIsForgotten() {
        raise();
        assertThat(watch.board().active()).hasSize(1);
        config = config.withGlobal(AlertSettings.ALERTS, false);
        ticks(6);
        assertThat(watch.board().alerts()).isEmpty();
        assertThat(watch.history().points(null, null)).isNotEmpty();
    }

    @SuppressWarnings("unchecked") // an array of objects
    private static Map<String, Object> firstIn(String body) {
        Object array = JsonTree.read(body.getBytes(StandardCharsets.UTF_8));
        return ((List<Map<String, Object>>) Objects.requireNonNull(array)).getFirst();
    }

    private static Instant time(Map<String, Object> object, String name) {
        return Instant.parse(String.valueOf(object.get(name)));
    }

    private void raise() {
        pooler.pools.add(InMemoryPooler.pool("shop", "alice"));
        ticks(4);
    }

    private void ticks(int seconds) {
        for (int i = 0; i < seconds; i++) {
            second++;
            watch.tick(
                    System.nanoTime() + Duration.ofSeconds(second).toNanos(),
                    Instant.now().plusSeconds(second));
        }
    }
}
