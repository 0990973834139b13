package dev.weir.proxy.admin;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import java.time.Duration;

/// When what happens in a drain, counted from its beginning. Immutable.
///
/// @param acceptEnd until when new clients are let in
/// @param tellEnd until when clients are told to go, evenly: not all of them may log in elsewhere at once, and who is
///     told last is to have time for its transaction
/// @param cancelTime when what still runs is cancelled
/// @param closeTime when whoever is still there is closed
/// @param end when the process ends at the latest
record DrainPlan(Duration acceptEnd, Duration tellEnd, Duration cancelTime, Duration closeTime, Duration end) {

    /// How often some clients are told.
    static final Duration TICK = Duration.ofMillis(100);

    /// How long PostgreSQL may take to cancel and clients to read why, together, and as long again at most.
    private static final Duration LAST_STEPS_MAX = Duration.ofSeconds(2);

    private static final int LAST_STEPS_SHARE = 5;

    static DrainPlan of(WeirConfig config) {
        return of(
                config.get(GeneralSettings.SHUTDOWN_DRAIN_TIMEOUT), config.get(GeneralSettings.SHUTDOWN_ACCEPT_DELAY));
    }

    /// @param timeout `shutdown_drain_timeout`
    /// @param acceptDelay `shutdown_accept_delay`
    static DrainPlan of(Duration timeout, Duration acceptDelay) {
        Duration accept = min(acceptDelay, timeout.dividedBy(2));
        Duration lastSteps = min(LAST_STEPS_MAX, timeout.dividedBy(LAST_STEPS_SHARE));
        Duration cancel = timeout.minus(lastSteps);
        Duration tell = accept.plus(cancel.minus(accept).multipliedBy(3).dividedBy(4));
        return new DrainPlan(accept, tell, cancel, timeout.minus(lastSteps.dividedBy(2)), timeout);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /// How many of the clients that have not been told are told now, so that all are in time; one at least.
    ///
    /// @param left of them
    /// @param elapsed since the beginning
    int share(int left, Duration elapsed) {
        long ticks = Math.max(1, tellEnd.minus(elapsed).dividedBy(TICK));
        return Math.toIntExact(Math.ceilDiv(left, ticks));
    }
}
