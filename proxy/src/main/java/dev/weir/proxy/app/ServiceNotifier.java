package dev.weir.proxy.app;

import dev.weir.proxy.net.NotifySocket;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the service manager how the pooler is: systemd's `Type=notify` and `notify-reload`, `STATUS=`, and the
/// watchdog
/// (sd_notify(3)). Says nothing where nobody has asked for it. Thread-safe.
public final class ServiceNotifier {

    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceNotifier.class);

    private final @Nullable NotifySocket socket;
    private final Duration watchdog;

    private ServiceNotifier(@Nullable NotifySocket socket, Duration watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /// What the environment asks for: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    ///
    /// @param pid of this process
    public static ServiceNotifier of(Map<String, String> environment, long pid) {
        String path = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (path.isEmpty()) {
            return new ServiceNotifier(null, Duration.ZERO);
        }
        try {
            return new ServiceNotifier(NotifySocket.open(path), watchdog(environment, pid));
        } catch (IOException e) {
            LOGGER.warn("the service manager cannot be told that Weir is up: {}: {}", path, e.getMessage());
            return new ServiceNotifier(null, Duration.ZERO);
        }
    }

    private static Duration watchdog(Map<String, String> environment, long pid) {
        String meant = environment.get("WATCHDOG_PID");
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        boolean mine = meant == null || meant.equals(String.valueOf(pid));
        return mine && micros.matches("[1-9][0-9]{0,15}")
                ? Duration.ofNanos(Long.parseLong(micros) * 1_000)
                : Duration.ZERO;
    }

    /// The pooler serves, or does so again after a reload.
    public void ready() {
        say("READY=1");
    }

    /// A reload begins; [#ready] must follow.
    public void reloading() {
        // systemd compares it with its own reading of CLOCK_MONOTONIC, which is what nanoTime() tells on Linux
        say("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000);
    }

    /// The pooler is about to end.
    public void stopping() {
        say("STOPPING=1");
    }

    /// A line for `systemctl status`.
    public void status(String line) {
        say("STATUS=" + line.replace('\n', ' '));
    }

    /// How often [#alive] is expected; zero for never.
    public Duration aliveInterval() {
        return watchdog.dividedBy(2);
    }

    /// The pooler works.
    public void alive() {
        say("WATCHDOG=1");
    }

    private void say(String lines) {
        NotifySocket open = socket;
        if (open == null) {
            return;
        }
        try {
            open.send(lines);
        } catch (IOException e) {
            LOGGER.debug("the service manager does not listen: {}", e.getMessage());
        }
    }
}
