package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.Secret;
import dev.weir.config.WebhookFormat;
import java.time.Duration;

/// When to raise which alert, and whom to tell.
public final class AlertSettings {
    static final SettingTable TABLE = new SettingTable("Alerts");

    public static final Setting<Boolean> ALERTS = global("alerts", ValueTypes.BOOLEAN, true)
            .weir()
            .doc(TABLE, "Look once a second whether there is something to raise an alert about.");
    public static final Setting<Duration> ALERT_RAISE_AFTER = global(
                    "alert_raise_after",
                    ValueTypes.duration(Duration.ZERO, Duration.ofHours(1)),
                    Duration.ofSeconds(10))
            .weir()
            .doc(TABLE, "How long a threshold must have been reached without a break before its alert is raised.");
    public static final Setting<Duration> ALERT_CLEAR_AFTER = global(
                    "alert_clear_after",
                    ValueTypes.duration(Duration.ZERO, Duration.ofHours(1)),
                    Duration.ofSeconds(30))
            .weir()
            .doc(TABLE, "How long it must not have been reached before the alert is cleared.");
    public static final Setting<String> ALERT_HOLD_TIMES = global(
                    "alert_hold_times",
                    new ParsedTextType(
                            "times of rules",
                            "rule=raise or rule=raise/clear, with commas between, such as"
                                    + " no_server=5s,wait_p95=30s/2min",
                            AlertHolds::parse),
                    "")
            .weir()
            .doc(
                    TABLE,
                    "Other times for single rules: how long until the alert is raised, and after a slash how long"
                            + " until it is cleared.");
    public static final Setting<Integer> ALERT_POOL_UTILIZATION_WARNING = global(
                    "alert_pool_utilization_warning", ValueTypes.integer(0, 100), 80)
            .weir()
            .doc(TABLE, "Warn when so many percent of a pool's servers are in use; 0 for never.");
    public static final Setting<Integer> ALERT_POOL_UTILIZATION_CRITICAL = global(
                    "alert_pool_utilization_critical", ValueTypes.integer(0, 100), 90)
            .weir()
            .doc(TABLE, "The share from which that is critical; 0 for never.");
    public static final Setting<Duration> ALERT_WAIT_P95 = global(
                    "alert_wait_p95", ValueTypes.DURATION, Duration.ofSeconds(1))
            .weir()
            .doc(TABLE, "Warn when 5 of 100 checkouts of the last minute waited so long for a server; 0 for never.");
    public static final Setting<Duration> ALERT_MAX_WAIT = global(
                    "alert_max_wait", ValueTypes.DURATION, Duration.ofSeconds(5))
            .weir()
            .doc(TABLE, "Critical when the first client in line has waited so long; 0 for never.");
    public static final Setting<Integer> ALERT_LOGIN_FAILURES = global("alert_login_failures", ValueTypes.COUNT, 10)
            .weir()
            .doc(TABLE, "Warn when so many logins of a database's clients were refused in a minute; 0 for never.");
    public static final Setting<Integer> ALERT_SERVER_FAILURES = global("alert_server_failures", ValueTypes.COUNT, 3)
            .weir()
            .doc(
                    TABLE,
                    "Warn when so many attempts to connect to a pool's servers failed, or connections to them were"
                            + " lost, in a minute; 0 for never.");
    public static final Setting<Boolean> ALERT_NO_SERVER = global("alert_no_server", ValueTypes.BOOLEAN, true)
            .weir()
            .doc(TABLE, "Critical when a pool has no server and the last attempt to connect to one failed.");
    public static final Setting<Integer> ALERT_PINNED = global("alert_pinned", ValueTypes.integer(0, 100), 50)
            .weir()
            .doc(
                    TABLE,
                    "Warn when clients keep so many percent of a pool's servers between transactions; 0 for never.");
    public static final Setting<Boolean> ALERT_LEAK = global("alert_leak", ValueTypes.BOOLEAN, true)
            .weir()
            .doc(
                    TABLE,
                    "Warn when a client of a pool is silent within a transaction for longer than"
                            + " `leak_detection_threshold`.");
    public static final Setting<Secret> ALERT_WEBHOOK_URL = global("alert_webhook_url", ValueTypes.SECRET, Secret.EMPTY)
            .weir()
            .doc(
                    TABLE,
                    "Where to POST that an alert was raised or cleared (`http` or `https`); empty for nowhere. Never "
                            + "shown, for such addresses often hold a key.");
    public static final Setting<String> ALERT_WEBHOOK_URL_FILE = global("alert_webhook_url_file", ValueTypes.PATH, "")
            .weir()
            .doc(TABLE, "A file whose first line is that address.");
    public static final Setting<WebhookFormat> ALERT_WEBHOOK_FORMAT = global(
                    "alert_webhook_format", ValueTypes.choice(WebhookFormat.class), WebhookFormat.JSON)
            .weir()
            .doc(TABLE, "What is sent: Weir's own JSON, a message as Slack takes it, or alerts for Alertmanager.");
    public static final Setting<Duration> ALERT_WEBHOOK_TIMEOUT = global(
                    "alert_webhook_timeout",
                    ValueTypes.duration(Duration.ofMillis(10), Duration.ofMinutes(1)),
                    Duration.ofSeconds(5))
            .weir()
            .doc(TABLE, "How long one attempt to send may take.");
    public static final Setting<Integer> ALERT_WEBHOOK_RETRIES = global(
                    "alert_webhook_retries", ValueTypes.integer(0, 20), 5)
            .weir()
            .doc(TABLE, "How often an attempt that failed is made again, after 1 s, 2 s, 4 s … up to a minute.");

    private AlertSettings() {}
}
