package dev.weir.proxy.admin;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks every second which passwords of ours have to be made or read again, on a thread of its own.
final class PasswordRefresher {

    private static final Logger LOGGER = LoggerFactory.getLogger(PasswordRefresher.class);

    private final Reloader reloader;
    private final Runnable onChanged;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("weir-passwords").daemon(true).factory());

    /// @param onChanged brings in line what was computed from passwords
    PasswordRefresher(Reloader reloader, Runnable onChanged) {
        this.reloader = reloader;
        this.onChanged = onChanged;
    }

    /// Gets those that are missing, which may take a while, and begins to look.
    void start() {
        if (reloader.obtainPasswords()) {
            onChanged.run();
        }
        thread.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private void look() {
        try {
            if (reloader.refreshPasswords()) {
                onChanged.run();
            }
        } catch (RuntimeException e) {
            LOGGER.error("passwords could not be refreshed", e);
        }
    }

    void stop() {
        thread.shutdownNow();
    }
}
