package dev.weir.console.alert;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AlertSettings;
import dev.weir.console.advice.Advisor;
import dev.weir.console.advice.Autoscaler;
import dev.weir.console.advice.DemandHistory;
import dev.weir.console.history.History;
import dev.weir.console.history.Reading;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.PoolerView;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the pooler once a second, on a thread of its own: raises and clears alerts, and every few seconds adds a
/// step to
/// the history. What it asks the event loops for is what SHOW POOLS asks for. Thread-safe.
public final class Watch implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Watch.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration ALERTMANAGER_REPEATS = Duration.ofMinutes(1);

    private final PoolerView view;
    private final Supplier<WeirConfig> config;
    private final AlertBoard board = new AlertBoard();
    private final History history = new History();
    private final DemandHistory demand;
    private final Advisor advisor;
    private volatile @Nullable Autoscaler autoscaler;
    private final AlertTracker tracker = new AlertTracker();
    private final Webhook webhook;
    private final CountDownLatch closed = new CountDownLatch(1);

    // Confined to the thread that ticks.
    private final Deque<Reading> readings = new ArrayDeque<>();
    private Set<String> atRest = Set.of();
    private long toldNanos;

    /// A watch that does not tick yet.
    ///
    /// @param listenPort by which this Weir is told from others on its machine
    public Watch(PoolerView view, Supplier<WeirConfig> config, int listenPort) {
        this(view, config, new Webhook(listenPort, Duration.ofSeconds(1)));
    }

    Watch(PoolerView view, Supplier<WeirConfig> config, Webhook webhook) {
        this.view = view;
        this.config = config;
        this.webhook = webhook;
        readings.add(Reading.none(System.nanoTime(), Instant.now()));
        demand = new DemandHistory(readings.getFirst());
        advisor = new Advisor(view, config, demand);
    }

    /// Begins to tick.
    public void start() {
        Thread.ofVirtual().name("watch").start(this::run);
    }

    /// The alerts as of the last tick.
    public AlertBoard board() {
        return board;
    }

    /// The last minutes.
    public History history() {
        return history;
    }

    /// Where pools are to be resized, if the configuration says so; without it they are not.
    public void autoscale(Autoscaler.Target target) {
        autoscaler = new Autoscaler(target, demand);
    }

    /// What size pools should have.
    public Advisor advisor() {
        return advisor;
    }

    private void run() {
        try {
            while (!closed.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    tick(System.nanoTime(), Instant.now());
                } catch (RuntimeException e) {
                    LOGGER.error("looking for alerts failed", e);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks once. Called by the thread that [#start] begins, or in its place.
    ///
    /// @param nowNanos of the monotonic clock
    /// @param now of the clock on the wall
    public void tick(long nowNanos, Instant now) {
        WeirConfig settings = config.get();
        boolean readingDue = nowNanos - readings.getLast().nanos() >= History.STEP.toNanos() - TICK.toNanos() / 2;
        boolean alerts = settings.get(AlertSettings.ALERTS);
        if (!alerts && !readingDue) {
            return;
        }
        List<Finding> findings;
        try {
            List<PoolSnapshot> pools = await(view.pools());
            if (readingDue) {
                read(pools, nowNanos, now);
            }
            findings = Rules.apply(
                    settings,
                    new Look(pools, readings.getLast(), readings.getFirst(), atRest, await(view.holderCounts())));
        } catch (CompletionException e) {
            LOGGER.debug("the event loops do not answer", e);
            AlertKey key = new AlertKey(AlertRule.NOT_RESPONDING.text(), Severity.CRITICAL, "", "");
            double seconds = PATIENCE.toSeconds();
            findings = List.of(new Finding(key, "the event loops do not answer", seconds, seconds));
        }
        if (alerts) {
            track(settings, findings, nowNanos, now);
        } else if (!board.alerts().isEmpty()) {
            tracker.forget();
            board.show(List.of());
        }
    }

    private void read(List<PoolSnapshot> pools, long nowNanos, Instant now) {
        Reading latest =
                Reading.of(nowNanos, now, await(view.stats()), await(view.pinCounts()), await(view.loginFailures()));
        history.add(readings.getLast(), latest, pools);
        demand.add(latest, pools);
        readings.addLast(latest);
        while (readings.size() > 2 && nowNanos - readings.getFirst().nanos() > WINDOW.toNanos()) {
            readings.removeFirst();
        }
        List<DatabaseSnapshot> databases = await(view.databases());
        Autoscaler scaler = autoscaler;
        if (scaler != null) {
            scaler.adjust(config.get(), pools, databases);
        }
        atRest = databases.stream()
                .filter(DatabaseSnapshot::paused)
                .map(DatabaseSnapshot::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private void track(WeirConfig settings, List<Finding> findings, long nowNanos, Instant now) {
        List<AlertChange> changes = tracker.update(findings, nowNanos, now, HoldTimes.of(settings));
        board.show(tracker.alerts());
        changes.forEach(Watch::log);
        tell(settings, changes, nowNanos);
    }

    private static void log(AlertChange change) {
        Alert alert = change.alert();
        if (change.raised()) {
            LOGGER.warn("alert raised: {}: {}", alert.key(), alert.summary());
        } else {
            Instant raisedAt = alert.raisedAt();
            Instant clearedAt = alert.clearedAt();
            long seconds = raisedAt == null || clearedAt == null
                    ? 0
                    : Duration.between(raisedAt, clearedAt).toSeconds();
            LOGGER.info("alert cleared: {}, after {} s", alert.key(), seconds);
        }
    }

    private void tell(WeirConfig settings, List<AlertChange> changes, long nowNanos) {
        String address = settings.get(AlertSettings.ALERT_WEBHOOK_URL).reveal();
        if (address.isEmpty()) {
            return;
        }
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException _) {
            return; // a file with such an address is refused, SET looks at less
        }
        Webhook.Target target = new Webhook.Target(
                uri,
                settings.get(AlertSettings.ALERT_WEBHOOK_FORMAT),
                settings.get(AlertSettings.ALERT_WEBHOOK_TIMEOUT),
                settings.get(AlertSettings.ALERT_WEBHOOK_RETRIES));
        List<Alert> alerts =
                new ArrayList<>(changes.stream().map(AlertChange::alert).toList());
        if (repeats(target, nowNanos)) {
            toldNanos = nowNanos;
            alerts.removeIf(alert -> alert.state() == AlertState.ACTIVE);
            alerts.addAll(board.active());
        }
        if (!alerts.isEmpty()) {
            webhook.send(target, alerts);
        }
    }

    private boolean repeats(Webhook.Target target, long nowNanos) {
        return switch (target.format()) {
            case JSON, SLACK -> false;
            case ALERTMANAGER -> nowNanos - toldNanos >= ALERTMANAGER_REPEATS.toNanos();
        };
    }

    private static <T> T await(CompletionStage<T> answer) {
        // A copy bears the limit, so that a late answer is not made to fail for others.
        CompletableFuture<T> copy = answer.toCompletableFuture().copy();
        return copy.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /// Stops looking; what has not been told yet is forgotten.
    @Override
    public void close() {
        closed.countDown();
        webhook.close();
    }
}
