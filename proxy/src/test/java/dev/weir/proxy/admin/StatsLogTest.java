package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.config.ConfigFormat;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.LogSettings;
import dev.weir.config.setting.SettingValues;
import dev.weir.console.Console;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.alert.Watch;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.PoolerControl;
import dev.weir.console.port.PoolerView;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.testkit.ConfigText;
import dev.weir.proxy.testkit.LogLines;
import io.netty.channel.EventLoop;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StatsLogTest {

    private static final Duration OFTEN = Duration.ofMillis(5);

    private final LogLines log = LogLines.of(StatsLog.class);
    private final EventLoops loops = new EventLoops(Transport.best(), 1);
    private final EventLoop loop = loops.workers().getFirst().loop();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger readings = new AtomicInteger();
    private volatile boolean failing;

    private final Console console = new Console(
            proxy(PoolerView.class, (_, _, _) -> read()),
            proxy(PoolerControl.class, (_, _, _) -> CompletableFuture.failedStage(new CommandRefused("no"))),
            new AlertBoard(),
            new Watch(
                            proxy(
                                    PoolerView.class,
                                    (_, _, _) -> CompletableFuture.failedStage(new CommandRefused("no"))),
                            () -> ConfigText.read("", ""),
                            6432)
                    .advisor(),
            System::nanoTime);

    @AfterEach
    void stop() {
        log.close();
        loops.stop().toCompletableFuture().join();
    }

    @Test
    void logsALineEachPeriod() {
        try (var _ = new StatsLog(console, () -> config(true), loop, OFTEN, told::add)) {
            await().until(() -> log.lines().size() >= 2);
        }

        assertThat(log.lines()).allMatch(line -> line.startsWith("INFO stats: 0 xacts/s, 0 queries/s, "));
    }

    @Test
    void readsAlsoWhatItDoesNotLog() {
        try (var _ = new StatsLog(console, () -> config(false), loop, OFTEN, told::add)) {
            await().until(() -> readings.get() >= 3);
            await().until(() -> !told.isEmpty());
        }

        assertThat(log.lines()).isEmpty();
        assertThat(told).allMatch(line -> line.startsWith("stats: 0 xacts/s, 0 queries/s, "));
    }

    @Test
    void goesOnAfterAFailure() {
        failing = true;
        try (var _ = new StatsLog(console, () -> config(true), loop, OFTEN, told::add)) {
            await().until(() -> log.lines().contains("WARN statistics could not be read: out of order"));
            failing = false;
            await().until(() -> log.lines().stream().anyMatch(line -> line.startsWith("INFO stats: ")));
        }
    }

    @Test
    void endsWhenItIsClosed() {
        StatsLog stats = new StatsLog(console, () -> config(true), loop, OFTEN, told::add);
        await().until(() -> readings.get() >= 1);

        stats.close();
        // Both run on the loop, one after the other: what was under way is over then.
        loop.submit(() -> {}).syncUninterruptibly();
        int atClose = readings.get();
        loop.schedule(() -> {}, 10 * OFTEN.toMillis(), TimeUnit.MILLISECONDS).syncUninterruptibly();

        assertThat(readings).hasValue(atClose);
    }

    private CompletionStage<?> read() {
        readings.incrementAndGet();
        return failing
                ? CompletableFuture.failedStage(new CommandRefused("out of order"))
                : CompletableFuture.completedStage(List.of());
    }

    private static WeirConfig config(boolean logStats) {
        SettingValues values = SettingValues.empty().with(LogSettings.LOG_STATS, logStats);
        return new WeirConfig(
                Path.of("weir.toml"), ConfigFormat.TOML, values, Map.of(), null, Map.of(), Map.of(), UserList.empty());
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
