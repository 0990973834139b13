package dev.weir.proxy.trace;

import dev.weir.config.OtlpTarget;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.Version;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends spans to a collector, in batches, on a virtual thread of its own that is there only while there is
/// something to send. Whoever hands one over never waits and takes no lock: what has no room is dropped and
/// counted. Thread-safe.
public final class SpanExport {

    private static final Logger LOGGER = LoggerFactory.getLogger(SpanExport.class);

    /// Statements that wait at most.
    static final int QUEUE_MAX = 4096;

    /// Statements that go out together at most.
    static final int BATCH_MAX = 256;

    /// How often the same batch is tried: for about half a minute.
    static final int ATTEMPTS_MAX = 6;

    private static final int PAUSES_AFTER_FAILURE = 60;
    private static final int IDLE_ROUNDS_MAX = 30;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final Supplier<WeirConfig> config;
    private final Duration pause;
    private final ConcurrentLinkedQueue<StatementSpan> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ExportLog log = new ExportLog();
    private volatile boolean closing;
    private volatile @Nullable Thread sender;

    public SpanExport(Supplier<WeirConfig> config) {
        this(config, Duration.ofSeconds(1));
    }

    /// @param pause how long a batch is collected, and the time before the first repetition; doubled
    /// before each other one
    SpanExport(Supplier<WeirConfig> config, Duration pause) {
        this.config = config;
        this.pause = pause;
    }

    /// Whether there is room for one more, which is counted as dropped otherwise: for whoever would make
    /// it in vain.
    ///
    /// @param spans how many spans it would become
    public boolean hasRoom(int spans) {
        if (!closing && waiting.get() < QUEUE_MAX) {
            return true;
        }
        dropped.addAndGet(spans);
        return false;
    }

    /// One more to send.
    public void add(StatementSpan statement) {
        if (!hasRoom(statement.spans())) {
            return;
        }
        queue.add(statement);
        if (waiting.incrementAndGet() == BATCH_MAX) {
            LockSupport.unpark(sender);
        }
        startIfNeeded();
    }

    private void startIfNeeded() {
        if (!running.get() && running.compareAndSet(false, true)) {
            Thread.ofVirtual().name("otlp").start(this::run);
        }
    }

    private void run() {
        sender = Thread.currentThread();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder()
                        .executor(threads)
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(SpanPost.TIMEOUT)
                        .build()) {
            send(new SpanPost(client), new SpanJson(new SplittableRandom(new SecureRandom().nextLong())));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.error("sending spans failed", e);
            restAfterFailure();
        } finally {
            sender = null;
            running.set(false);
            if (closing) {
                closed.complete(null);
            } else if (!queue.isEmpty()) {
                startIfNeeded();
            }
        }
    }

    /// Whatever it was may well be so the next time: what waits is dropped when it becomes too much.
    private void restAfterFailure() {
        try {
            waitBeforeRepeating(pause.multipliedBy(PAUSES_AFTER_FAILURE));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(SpanPost post, SpanJson json) throws InterruptedException {
        for (int idle = 0; idle < IDLE_ROUNDS_MAX && !(closing && queue.isEmpty()); ) {
            if (!closing && waiting.get() < BATCH_MAX) {
                LockSupport.parkNanos(this, pause.toNanos());
            }
            List<StatementSpan> batch = take();
            if (batch.isEmpty()) {
                idle++;
            } else {
                idle = 0;
                deliver(post, json, batch);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private List<StatementSpan> take() {
        List<StatementSpan> batch = new ArrayList<>();
        for (StatementSpan next = queue.poll(); next != null; next = queue.poll()) {
            batch.add(next);
            if (batch.size() == BATCH_MAX) {
                break;
            }
        }
        waiting.addAndGet(-batch.size());
        return batch;
    }

    private void deliver(SpanPost post, SpanJson json, List<StatementSpan> batch) throws InterruptedException {
        int spans = batch.stream().mapToInt(StatementSpan::spans).sum();
        boolean decided = false;
        try {
            byte[] body = null;
            Duration before = pause;
            for (int attempt = 1; ; attempt++) {
                // Looked up each time: a reload may have brought an address that works.
                OtlpTarget target = OtlpTarget.of(config.get());
                if (target == null) {
                    return;
                }
                if (body == null) {
                    body = json.of(batch, resource(target));
                }
                SpanPost.Answer answer = post.send(target, body);
                if (answer.taken()) {
                    long rejected = Math.min(answer.rejected(), spans);
                    sent.addAndGet(spans - rejected);
                    failed.addAndGet(rejected);
                    decided = true;
                    log.onTaken(target, answer, failed.get() + dropped.get());
                    return;
                }
                // An idle connection may have been closed by the collector just now: nothing to speak of.
                if (attempt > 1 || !answer.worthRepeating()) {
                    log.onFailure(target, answer);
                }
                if (!answer.worthRepeating() || attempt == ATTEMPTS_MAX || closing) {
                    failed.addAndGet(spans);
                    decided = true;
                    return;
                }
                waitBeforeRepeating(answer.retryAfter() == null ? jittered(before) : answer.retryAfter());
                before = before.multipliedBy(2);
            }
        } finally {
            if (!decided) {
                dropped.addAndGet(spans);
            }
        }
    }

    private static Duration jittered(Duration pause) {
        return pause.plusNanos((long) (ThreadLocalRandom.current().nextDouble() * pause.toNanos() / 2));
    }

    private void waitBeforeRepeating(Duration pause) throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0 && !closing; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private Map<String, String> resource(OtlpTarget target) {
        Map<String, String> resource = new LinkedHashMap<>();
        String host = hostName();
        resource.put("service.name", target.serviceName());
        resource.put("service.version", Version.number());
        resource.put("service.instance.id", host + ":" + config.get().get(GeneralSettings.LISTEN_PORT));
        resource.put("host.name", host);
        return resource;
    }

    private static String hostName() {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }

    /// What has come of all spans.
    public SpanCounts counts() {
        return new SpanCounts(sent.get(), dropped.get(), failed.get());
    }

    /// Whether there is a thread that sends, or waits for something to send.
    boolean isSending() {
        return running.get();
    }

    /// Sends what waits, once, and takes nothing more. Completes when that is done, or after two seconds.
    public CompletionStage<Void> close() {
        closing = true;
        Thread busy = sender;
        if (!running.get()) {
            closed.complete(null);
        }
        LockSupport.unpark(busy);
        return closed.completeOnTimeout(null, CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((done, failure) -> interrupt());
    }

    private void interrupt() {
        Thread busy = sender;
        if (busy != null) {
            busy.interrupt();
        }
    }
}
