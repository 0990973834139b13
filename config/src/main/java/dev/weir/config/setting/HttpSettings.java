package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.MetricNames;
import dev.weir.config.Secret;
import java.time.Duration;

/// The HTTP pages on the metrics listener: who may read them, and how.
public final class HttpSettings {
    static final SettingTable TABLE = new SettingTable("HTTP pages");

    public static final Setting<Secret> HTTP_BEARER_TOKEN = global("http_bearer_token", ValueTypes.SECRET, Secret.EMPTY)
            .weir()
            .doc(
                    TABLE,
                    "The token that requests over HTTP must bring (`Authorization: Bearer`), or as the password of any "
                            + "user (`Basic`); empty for none. With neither token nor password everybody who reaches "
                            + "the port may read.");
    public static final Setting<String> HTTP_BEARER_TOKEN_FILE = global("http_bearer_token_file", ValueTypes.PATH, "")
            .weir()
            .doc(TABLE, "A file whose first line is the token.");
    public static final Setting<String> HTTP_USER = global("http_user", ValueTypes.USER_NAME, "weir")
            .weir()
            .doc(TABLE, "The user for requests over HTTP that bring a password (`Authorization: Basic`).");
    public static final Setting<Secret> HTTP_PASSWORD = global("http_password", ValueTypes.SECRET, Secret.EMPTY)
            .weir()
            .doc(TABLE, "The password of `http_user`; empty for none.");
    public static final Setting<String> HTTP_PASSWORD_FILE = global("http_password_file", ValueTypes.PATH, "")
            .weir()
            .doc(TABLE, "A file whose first line is that password.");
    public static final Setting<String> HTTP_TLS_CERT_FILE = global("http_tls_cert_file", ValueTypes.PATH, "")
            .weir()
            .doc(
                    TABLE,
                    "The certificate (PEM, with those that vouch for it) with which the pages are served over TLS, and"
                            + " TLS only; empty for plain HTTP. RELOAD reads a renewed one; to begin or to end with TLS"
                            + " takes a restart.");
    public static final Setting<String> HTTP_TLS_KEY_FILE =
            global("http_tls_key_file", ValueTypes.PATH, "").weir().doc(TABLE, "The key of that certificate (PEM).");
    public static final Setting<Duration> READY_DEADLINE = global(
                    "ready_deadline",
                    ValueTypes.duration(Duration.ofMillis(10), Duration.ofMinutes(1)),
                    Duration.ofSeconds(2))
            .weir()
            .doc(
                    TABLE,
                    "How long event loops may take to answer `/health/live` and `/health/ready`, and how long the"
                        + " first client in line may have waited before `/health/ready` calls its database degraded.");
    public static final Setting<MetricNames> METRICS_NAMES = global(
                    "metrics_names", ValueTypes.choice(MetricNames.class), MetricNames.WEIR)
            .weir()
            .doc(
                    TABLE,
                    "Under which names `/metrics` tells its metrics: Weir's own, those of pgbouncer_exporter, or both. "
                            + "`/metrics?names=` says so for one request.");

    private HttpSettings() {}
}
