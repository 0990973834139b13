package dev.weir.config.setting;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How long thresholds must have been reached, and must not have been reached, for rules that have times of their own
/// (setting `alert_hold_times`). Immutable.
///
/// @param times by the rule's name
public record AlertHolds(Map<String, Hold> times) {

    /// The rules that there are.
    public static final Set<String> RULES = Set.of(
            "pool_utilization",
            "wait_p95",
            "max_wait",
            "login_failures",
            "server_failures",
            "no_server",
            "pinned",
            "leak",
            "not_responding");

    private static final Duration LONGEST = Duration.ofHours(1);

    /// Times of one rule.
    ///
    /// @param raiseAfter how long a threshold must have been reached
    /// @param clearAfter how long it must not have been; null for what holds for all
    public record Hold(Duration raiseAfter, @Nullable Duration clearAfter) {}

    /// Copies the map.
    public AlertHolds {
        times = Map.copyOf(times);
    }

    /// Reads `rule=raise` or `rule=raise/clear`, several of them with commas between: `no_server=5s,
    /// wait_p95=30s/2min`.
    ///
    /// @throws IllegalArgumentException if it is none; says why
    public static AlertHolds parse(String text) {
        Map<String, Hold> times = new LinkedHashMap<>();
        for (String item : text.split(",", -1)) {
            if (item.isBlank()) {
                continue;
            }
            int equals = item.indexOf('=');
            String rule = (equals < 0 ? item : item.substring(0, equals)).strip();
            if (!RULES.contains(rule)) {
                throw new IllegalArgumentException("there is no rule '" + rule + "'");
            }
            if (equals < 0) {
                throw new IllegalArgumentException("the time of " + rule + " is missing");
            }
            String[] both = item.substring(equals + 1).split("/", -1);
            if (both.length > 2) {
                throw new IllegalArgumentException(rule + " has more than two times");
            }
            Hold hold = new Hold(time(rule, both[0]), both.length == 1 ? null : time(rule, both[1]));
            if (times.put(rule, hold) != null) {
                throw new IllegalArgumentException(rule + " is there twice");
            }
        }
        return new AlertHolds(times);
    }

    private static Duration time(String rule, String text) {
        try {
            Duration time = DurationText.parse(text.strip());
            if (time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a time of " + rule + " is longer than an hour");
            }
            return time;
        } catch (InvalidValue e) {
            throw new IllegalArgumentException("a time of " + rule + ": " + e.getMessage(), e);
        }
    }
}
