package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import java.time.Duration;

/// How long things may take.
public final class TimeoutSettings {
    static final SettingTable TABLE = new SettingTable("Timeouts");

    private static final String CANCELS =
            "PostgreSQL gets a cancel request; PgBouncer drops the connection and lets the query run on.";
    private static final String EXEMPTS = "0 for a user exempts it from the global value, except with `compatibility` "
            + "set to `pgbouncer`, where a user's 0 counts as not given.";

    public static final Setting<Duration> CLIENT_LOGIN_TIMEOUT = global(
                    "client_login_timeout", ValueTypes.DURATION, Duration.ofSeconds(60))
            .since("1.0.3")
            .doc(TABLE, "From a client's connecting to its being logged in; 0 for no limit.");
    public static final Setting<Duration> CLIENT_IDLE_TIMEOUT = global(
                    "client_idle_timeout", ValueTypes.DURATION, Duration.ZERO)
            .since("1.24")
            .alsoIn(Scope.USER)
            .differs(EXEMPTS)
            .doc(
                    TABLE,
                    "How long a client may stay silent outside of a transaction before it is closed; 0 for no "
                            + "limit.");
    public static final Setting<Duration> QUERY_WAIT_TIMEOUT = global(
                    "query_wait_timeout", ValueTypes.DURATION, Duration.ofSeconds(120))
            .since("1.3.2")
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .doc(TABLE, "How long a query may wait for a server connection; 0 for no limit.");
    public static final Setting<Duration> QUERY_WAIT_NOTIFY = global(
                    "query_wait_notify", ValueTypes.WHOLE_SECONDS, Duration.ofSeconds(5))
            .since("1.25")
            .doc(TABLE, "After how long a waiting client is told with a NOTICE that it is waiting; 0 for never.");
    public static final Setting<Duration> QUERY_TIMEOUT = global("query_timeout", ValueTypes.DURATION, Duration.ZERO)
            .alsoIn(Scope.USER)
            .differs(CANCELS + " " + EXEMPTS)
            .doc(TABLE, "How long a query may take, the time in the queue included; 0 for no limit.");
    public static final Setting<Duration> TRANSACTION_TIMEOUT = global(
                    "transaction_timeout", ValueTypes.DURATION, Duration.ZERO)
            .since("1.25")
            .alsoIn(Scope.USER)
            .differs(CANCELS + " " + EXEMPTS)
            .doc(TABLE, "How long a transaction may take; 0 for no limit.");
    public static final Setting<Duration> IDLE_TRANSACTION_TIMEOUT = global(
                    "idle_transaction_timeout", ValueTypes.DURATION, Duration.ZERO)
            .since("1.5")
            .alsoIn(Scope.USER)
            .differs(EXEMPTS)
            .doc(TABLE, "How long a client may stay silent inside of a transaction; 0 for no limit.");
    public static final Setting<Duration> CANCEL_WAIT_TIMEOUT = global(
                    "cancel_wait_timeout", ValueTypes.DURATION, Duration.ofSeconds(10))
            .since("1.19")
            .doc(TABLE, "How long a cancel request may wait to reach PostgreSQL; 0 for no limit.");
    public static final Setting<Duration> SERVER_CONNECT_TIMEOUT = global(
                    "server_connect_timeout", ValueTypes.DURATION, Duration.ofSeconds(15))
            .doc(TABLE, "How long connecting and logging in to a server may take; 0 for no limit.");
    public static final Setting<Duration> SERVER_LOGIN_RETRY = global(
                    "server_login_retry", ValueTypes.DURATION, Duration.ofSeconds(15))
            .differs("The longest pause between attempts: pauses begin short and grow, with jitter. PgBouncer always "
                    + "waits this long.")
            .doc(TABLE, "How long to pause after a failed attempt to connect or to log in to a server.");
    public static final Setting<Duration> SERVER_LIFETIME = global(
                    "server_lifetime", ValueTypes.DURATION, Duration.ofHours(1))
            .alsoIn(Scope.DATABASE)
            .doc(TABLE, "The age at which an unused server connection is closed; 0 uses each connection once.");
    public static final Setting<Duration> SERVER_IDLE_TIMEOUT = global(
                    "server_idle_timeout", ValueTypes.DURATION, Duration.ofSeconds(600))
            .doc(
                    TABLE,
                    "How long a server connection may stay idle before it is closed; 0 for no limit. "
                            + "`min_pool_size` connections are kept.");
    public static final Setting<Duration> AUTODB_IDLE_TIMEOUT = global(
                    "autodb_idle_timeout", ValueTypes.DURATION, Duration.ofHours(1))
            .since("1.3.1")
            .doc(TABLE, "How long a database made from the `*` entry is remembered without connections; 0 for ever.");
    public static final Setting<Duration> POOL_IDLE_TIMEOUT = global(
                    "pool_idle_timeout", ValueTypes.DURATION, Duration.ZERO)
            .since("after 1.25")
            .doc(TABLE, "How long a pool without connections is remembered; 0 for ever.");
    public static final Setting<Duration> DNS_MAX_TTL = global(
                    "dns_max_ttl", ValueTypes.DURATION, Duration.ofSeconds(15))
            .since("1.4")
            .doc(
                    TABLE,
                    "How long the address of a host name is used before it is looked up again for a new server"
                            + " connection; idle server connections to addresses that are no longer in the answer are"
                            + " closed.");
    public static final Setting<Duration> DNS_NXDOMAIN_TTL = global(
                    "dns_nxdomain_ttl", ValueTypes.DURATION, Duration.ofSeconds(15))
            .since("1.6")
            .doc(TABLE, "How long a failed look-up of a host name is remembered.");
    public static final Setting<Duration> DNS_ZONE_CHECK_PERIOD = global(
                    "dns_zone_check_period", ValueTypes.DURATION, Duration.ZERO)
            .since("1.5")
            .differs("Works with every resolver; PgBouncer needs to be built with c-ares.")
            .doc(
                    TABLE,
                    "How often the serial numbers of the DNS zones that hosts lie in are asked for; where one has"
                            + " changed, the names in that zone are looked up anew. 0 for never.");

    private TimeoutSettings() {}
}
