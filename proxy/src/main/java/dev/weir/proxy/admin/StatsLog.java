package dev.weir.proxy.admin;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.LogSettings;
import dev.weir.console.Console;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a reading of the counters every `stats_period`, from which the console's averages follow, and logs its line
/// unless `log_stats` is off. The period is the one at the start: averages of unlike periods would not compare.
/// Thread-safe.
public final class StatsLog implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(StatsLog.class);

    private final Console console;
    private final Supplier<WeirConfig> config;
    private final Consumer<String> reader;
    private final Future<?> timer;

    /// Starts; the first reading follows one period from now.
    ///
    /// @param loop where the timer runs; what it does there is short
    /// @param reader gets each line, logged or not
    public StatsLog(Console console, Supplier<WeirConfig> config, EventLoop loop, Consumer<String> reader) {
        this(console, config, loop, config.get().get(ConsoleSettings.STATS_PERIOD), reader);
    }

    StatsLog(Console console, Supplier<WeirConfig> config, EventLoop loop, Duration period, Consumer<String> reader) {
        this.console = console;
        this.reader = reader;
        this.config = config;
        this.timer = loop.scheduleAtFixedRate(this::record, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void record() {
        console.recordStats().whenComplete((line, failure) -> {
            if (failure != null) {
                LOGGER.warn("statistics could not be read: {}", reason(failure));
                return;
            }
            reader.accept(line);
            if (config.get().get(LogSettings.LOG_STATS)) {
                LOGGER.info("{}", line);
            }
        });
    }

    private static @Nullable String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause.getMessage() : failure.getMessage();
    }

    /// Stops.
    @Override
    public void close() {
        timer.cancel(false);
    }
}
