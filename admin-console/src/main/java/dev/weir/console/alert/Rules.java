package dev.weir.console.alert;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AlertSettings;
import dev.weir.config.setting.Setting;
import dev.weir.console.history.PoolName;
import dev.weir.console.history.Reading;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Finds where thresholds are reached. Used for one look.
final class Rules {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double TAIL = 0.95;

    private final WeirConfig config;
    private final Look look;
    private final List<Finding> findings = new ArrayList<>();

    private Rules(WeirConfig config, Look look) {
        this.config = config;
        this.look = look;
    }

    static List<Finding> apply(WeirConfig config, Look look) {
        Rules rules = new Rules(config, look);
        for (PoolSnapshot pool : look.pools()) {
            rules.pool(pool);
        }
        look.holders().forEach(rules::leak);
        look.latest().loginFailures().keySet().forEach(rules::logins);
        return rules.findings;
    }

    private void pool(PoolSnapshot pool) {
        utilization(pool, Severity.WARNING, AlertSettings.ALERT_POOL_UTILIZATION_WARNING);
        utilization(pool, Severity.CRITICAL, AlertSettings.ALERT_POOL_UTILIZATION_CRITICAL);
        PoolName name = new PoolName(pool.database(), pool.user());
        Reading.Counters minute = look.latest().since(look.earlier(), name);
        if (!look.atRest().contains(pool.database())) {
            waitTail(pool, minute);
            maxWait(pool);
        }
        serverFailures(pool, minute);
        noServer(pool);
        pinned(pool, look.latest().pinned().getOrDefault(name, 0));
    }

    private void utilization(PoolSnapshot pool, Severity severity, Setting<Integer> setting) {
        int threshold = config.get(setting);
        if (threshold == 0 || pool.poolSize() == 0) {
            return;
        }
        double percent = 100.0 * pool.serversBusy() / pool.poolSize();
        if (percent >= threshold) {
            String summary = String.format(
                    Locale.ROOT,
                    "%d of %d servers are in use, %s",
                    pool.serversBusy(),
                    pool.poolSize(),
                    pool.waitingText());
            add(AlertRule.POOL_UTILIZATION, severity, pool, summary, percent, threshold);
        }
    }

    private void waitTail(PoolSnapshot pool, Reading.Counters minute) {
        Duration threshold = config.get(AlertSettings.ALERT_WAIT_P95);
        long tail = minute.waitQuantileNanos(TAIL);
        if (!threshold.isZero() && tail >= threshold.toNanos()) {
            String summary = String.format(
                    Locale.ROOT,
                    "5 of 100 checkouts of the last minute waited %.2f s or longer for a server",
                    tail / NANOS_PER_SECOND);
            add(AlertRule.WAIT_P95, Severity.WARNING, pool, summary, tail / NANOS_PER_SECOND, seconds(threshold));
        }
    }

    private void maxWait(PoolSnapshot pool) {
        Duration threshold = config.get(AlertSettings.ALERT_MAX_WAIT);
        if (!threshold.isZero() && pool.maxWaitNanos() >= threshold.toNanos()) {
            double waited = pool.maxWaitNanos() / NANOS_PER_SECOND;
            String summary = String.format(
                    Locale.ROOT,
                    "%s, the first for %.1f s; %d of %d servers are busy",
                    pool.waitingText(),
                    waited,
                    pool.serversBusy(),
                    pool.poolSize());
            add(AlertRule.MAX_WAIT, Severity.CRITICAL, pool, summary, waited, seconds(threshold));
        }
    }

    private void serverFailures(PoolSnapshot pool, Reading.Counters minute) {
        int threshold = config.get(AlertSettings.ALERT_SERVER_FAILURES);
        double errors = (double) minute.connectFailures() + minute.lost();
        if (threshold != 0 && errors >= threshold) {
            add(AlertRule.SERVER_FAILURES, Severity.WARNING, pool, serverErrors(pool, minute), errors, threshold);
        }
    }

    private static String serverErrors(PoolSnapshot pool, Reading.Counters minute) {
        String failure = pool.lastConnectFailure();
        String lost = String.format(
                Locale.ROOT, "%d server connections were lost in a minute; the log says why", minute.lost());
        if (minute.connectFailures() == 0) {
            return lost;
        }
        String failed = String.format(
                Locale.ROOT,
                "%d attempts to connect to a server failed in a minute%s",
                minute.connectFailures(),
                failure == null ? "" : ": " + failure);
        return minute.lost() == 0 ? failed : failed + "; " + lost;
    }

    private void noServer(PoolSnapshot pool) {
        String failure = pool.lastConnectFailure();
        if (config.get(AlertSettings.ALERT_NO_SERVER) && failure != null && pool.isUnreachable()) {
            String summary =
                    String.format(Locale.ROOT, "no server can be reached, %s: %s", pool.waitingText(), failure);
            add(AlertRule.NO_SERVER, Severity.CRITICAL, pool, summary, pool.serversConnected(), 1);
        }
    }

    private void pinned(PoolSnapshot pool, int pinned) {
        int threshold = config.get(AlertSettings.ALERT_PINNED);
        if (threshold == 0 || pool.poolSize() == 0) {
            return;
        }
        double percent = 100.0 * pinned / pool.poolSize();
        if (percent >= threshold) {
            String summary = String.format(
                    Locale.ROOT,
                    "clients keep %d of %d servers between transactions; SHOW PINS tells who and why",
                    pinned,
                    pool.poolSize());
            add(AlertRule.PINNED, Severity.WARNING, pool, summary, percent, threshold);
        }
    }

    private void leak(HolderCountSnapshot pool) {
        if (!config.get(AlertSettings.ALERT_LEAK) || pool.leaking() == 0) {
            return;
        }
        String summary = String.format(
                Locale.ROOT,
                "%s silent within a transaction for too long, %s for %d s; SHOW BLOCKERS tells more",
                pool.leaking() == 1 ? "1 client is" : pool.leaking() + " clients are",
                pool.longestIdleWho(),
                Duration.ofNanos(pool.longestIdleNanos()).toSeconds());
        AlertKey key = new AlertKey(AlertRule.LEAK.text(), Severity.WARNING, pool.database(), pool.user());
        findings.add(new Finding(key, summary, pool.leaking(), 1));
    }

    private void logins(String database) {
        int threshold = config.get(AlertSettings.ALERT_LOGIN_FAILURES);
        long failures = look.latest().loginFailuresSince(look.earlier(), database);
        if (threshold != 0 && failures >= threshold) {
            String whose = database.isEmpty() ? "databases that there are not, or the console" : database;
            findings.add(new Finding(
                    new AlertKey(AlertRule.LOGIN_FAILURES.text(), Severity.WARNING, database, ""),
                    String.format(Locale.ROOT, "%d logins to %s were refused in a minute", failures, whose),
                    failures,
                    threshold));
        }
    }

    private void add(
            AlertRule rule, Severity severity, PoolSnapshot pool, String summary, double value, double threshold) {
        AlertKey key = new AlertKey(rule.text(), severity, pool.database(), pool.user());
        findings.add(new Finding(key, summary, value, threshold));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
