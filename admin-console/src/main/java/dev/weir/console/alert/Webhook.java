package dev.weir.console.alert;

import dev.weir.config.WebhookFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts alerts over HTTP, in the order in which they came, again and again where that fails for a while. Whoever sends
/// never
/// waits: a virtual thread posts as long as there is something to post, and what has no room is dropped. Thread-safe.
final class Webhook implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Webhook.class);
    private static final int QUEUE_MAX = 100;
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int REQUEST_TIMEOUT = 408;

    /// Where to post, and how.
    ///
    /// @param address as configured; holds a key perhaps, and is never told to anybody
    /// @param timeout of one attempt
    /// @param retries how often to try again
    record Target(URI address, WebhookFormat format, Duration timeout, int retries) {}

    private record Message(Target target, List<Alert> alerts) {}

    private final int listenPort;
    private final Duration pause;
    private final Deque<Message> queue = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean posting;

    /// @param listenPort by which this Weir is told from others on its machine
    /// @param pause before the first repetition; doubled before each other one
    Webhook(int listenPort, Duration pause) {
        this.listenPort = listenPort;
        this.pause = pause;
    }

    /// Has alerts posted; returns at once.
    void send(Target target, List<Alert> alerts) {
        synchronized (queue) {
            if (closed.getCount() == 0) {
                return;
            }
            if (queue.size() == QUEUE_MAX) {
                queue.removeFirst();
                LOGGER.warn("alert webhook is too slow, a message was dropped");
            }
            queue.addLast(new Message(target, List.copyOf(alerts)));
            if (!posting) {
                posting = true;
                Thread.ofVirtual().name("alert-webhook").start(this::post);
            }
        }
    }

    private void post() {
        // Opened when there is something to tell and closed again: it has threads of its own.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder()
                        .executor(threads)
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build()) {
            for (Message message = next(); message != null; message = next()) {
                deliver(client, message);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.error("alert webhook failed", e);
            synchronized (queue) {
                posting = false;
            }
        }
    }

    private @Nullable Message next() {
        synchronized (queue) {
            Message message = closed.getCount() == 0 ? null : queue.pollFirst();
            posting = message != null;
            return message;
        }
    }

    private void deliver(HttpClient client, Message message) throws InterruptedException {
        Target target = message.target();
        byte[] body = WebhookBody.of(target.format(), message.alerts(), instance(), Instant.now());
        HttpRequest request = HttpRequest.newBuilder(target.address())
                .timeout(target.timeout())
                .header("Content-Type", "application/json")
                .header("User-Agent", "Weir")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        Duration before = pause;
        for (int attempt = 0; ; attempt++) {
            String failure = attempt(client, request);
            if (failure == null) {
                return;
            }
            if (attempt == target.retries() || failure.startsWith("!")) {
                LOGGER.warn(
                        "alert webhook at {} failed: {}; given up after {} attempts",
                        target.address().getHost(),
                        failure.replace("!", ""),
                        attempt + 1);
                return;
            }
            LOGGER.debug("alert webhook at {} failed: {}", target.address().getHost(), failure);
            if (closed.await(before.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
            before = before.multipliedBy(2).compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : before.multipliedBy(2);
        }
    }

    /// @return what went wrong, with a `!` in front where another attempt would not help; `null` if nothing did
    private static @Nullable String attempt(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 == 2) {
                return null;
            }
            boolean later = status / 100 == 5 || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT;
            return (later ? "" : "!") + "status " + status;
        } catch (IOException e) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private String instance() {
        String host = System.getenv("HOSTNAME");
        if (host == null || host.isEmpty()) {
            try {
                host = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException _) {
                host = "localhost";
            }
        }
        return host + ":" + listenPort;
    }

    /// Posts nothing any more; what has not been posted is forgotten.
    @Override
    public void close() {
        closed.countDown();
        synchronized (queue) {
            queue.clear();
        }
    }
}
