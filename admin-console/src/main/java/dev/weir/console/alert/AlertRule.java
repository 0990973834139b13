package dev.weir.console.alert;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What is looked for.
public enum AlertRule {
    /// A share of a pool's servers is in use; once as a warning and once, from a larger share on, as critical.
    POOL_UTILIZATION("percent"),
    /// 5 of 100 checkouts of the last minute waited for long.
    WAIT_P95("seconds"),
    /// The first client in line waits for long.
    MAX_WAIT("seconds"),
    /// Clients were not let in.
    LOGIN_FAILURES("per minute"),
    /// Attempts to connect to servers failed, or connections to them were lost.
    SERVER_FAILURES("per minute"),
    /// There is no server, and the last attempt to connect failed.
    NO_SERVER("servers"),
    /// Clients keep a share of the servers between transactions.
    PINNED("percent"),
    /// Clients are silent within transactions for too long.
    LEAK("clients"),
    /// The event loops do not answer.
    NOT_RESPONDING("seconds");

    private final String unit;

    AlertRule(String unit) {
        this.unit = unit;
    }

    /// Its name, in small letters.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What its values and thresholds count.
    public String unit() {
        return unit;
    }

    /// The unit of the rule of that name.
    static String unitOf(String rule) {
        return valueOf(rule.toUpperCase(Locale.ROOT)).unit;
    }

    /// The names of all rules.
    public static List<String> names() {
        return Arrays.stream(values()).map(AlertRule::text).toList();
    }
}
