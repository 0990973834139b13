package dev.weir.console.http;

import dev.weir.console.alert.Alert;
import dev.weir.console.http.Metric.Count;
import dev.weir.console.http.Metric.Level;
import dev.weir.console.http.Metric.Sample;
import dev.weir.console.http.Metric.TimeSample;
import dev.weir.console.http.Metric.Times;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.HolderCountSnapshot;
import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.StatsSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The pooler's metrics: the one table from which scrapes and the reference page follow.
final class Metrics {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<String> NONE = List.of();
    private static final List<String> DATABASE = List.of("database");
    private static final List<String> POOL = List.of("database", "user");
    private static final List<String> POOL_REASON = List.of("database", "user", "reason");
    private static final List<String> POOL_STATE = List.of("database", "user", "state");

    static final List<Metric> ALL = all();

    private Metrics() {}

    private static List<Metric> all() {
        List<Metric> all = new ArrayList<>();
        all.addAll(ofProcess());
        all.addAll(ofPools());
        all.addAll(ofSessions());
        all.addAll(ofTraffic());
        all.addAll(ofDatabases());
        all.addAll(ofTrouble());
        return List.copyOf(all);
    }

    private static List<Metric> ofProcess() {
        return List.of(
                new Level(
                        "weir_info",
                        "Always 1; the label tells the version.",
                        List.of("version"),
                        r -> Stream.of(new Sample(List.of(r.identity().version()), 1))),
                new Level(
                        "weir_start_time_seconds",
                        "When the process started to serve, in seconds since 1970.",
                        NONE,
                        r -> single(r.identity().startedAt().toEpochMilli() / 1000.0)),
                new Level(
                        "weir_paused",
                        "1 while all databases are paused.",
                        NONE,
                        r -> flag(r.state().paused())),
                new Level(
                        "weir_suspended",
                        "1 while clients are not read.",
                        NONE,
                        r -> flag(r.state().suspended())),
                new Level(
                        "weir_shutting_down",
                        "1 while an orderly shutdown is under way.",
                        NONE,
                        r -> flag(r.state().shuttingDown())),
                new Level(
                        "weir_console_clients",
                        "Console sessions open.",
                        NONE,
                        r -> single(r.state().consoleClients())),
                new Level(
                        "weir_objects",
                        "Objects of each kind, as in SHOW LISTS.",
                        List.of("kind"),
                        r -> objects(r.lists())),
                new Level(
                        "weir_memory_bytes",
                        "Memory by purpose, as in SHOW MEM.",
                        List.of("purpose"),
                        r -> r.memory().stream().map(m -> new Sample(List.of(m.name()), m.totalBytes()))),
                new Count(
                        "weir_tls_handshake_failures_total",
                        "TLS handshakes that failed, by the other side: client or server.",
                        List.of("side"),
                        r -> Stream.of(
                                new Sample(List.of("client"), r.tls().clientHandshakeFailures()),
                                new Sample(List.of("server"), r.tls().serverHandshakeFailures()))),
                new Count(
                        "weir_spans_total",
                        "Spans of statements by what has come of them: sent, dropped (for too many waited to be sent)"
                                + " or failed (the collector did not take them).",
                        List.of("result"),
                        r -> Stream.of(
                                new Sample(List.of("sent"), r.spans().sent()),
                                new Sample(List.of("dropped"), r.spans().dropped()),
                                new Sample(List.of("failed"), r.spans().failed()))));
    }

    private static List<Metric> ofPools() {
        return List.of(
                new Level(
                        "weir_pool_clients",
                        "Clients of a pool by what they do: active (idle ones included), waiting, active_cancel or"
                                + " waiting_cancel.",
                        POOL_STATE,
                        r -> r.pools().stream().flatMap(Metrics::clients)),
                new Level(
                        "weir_pool_servers",
                        "Servers of a pool by what they do: active, active_cancel, being_canceled, idle, used, tested"
                                + " or login.",
                        POOL_STATE,
                        r -> r.pools().stream().flatMap(Metrics::servers)),
                new Level(
                        "weir_pool_size",
                        "Servers that the pool may open; 0 means no limit.",
                        POOL,
                        ofPool(PoolSnapshot::poolSize)),
                new Level(
                        "weir_pool_max_wait_seconds",
                        "How long the first client in line has waited; 0 when there is none.",
                        POOL,
                        ofPool(pool -> pool.maxWaitNanos() / NANOS_PER_SECOND)));
    }

    private static List<Metric> ofSessions() {
        return List.of(
                new Level(
                        "weir_pinned_servers",
                        "Servers that a client keeps between transactions, as in SHOW PINS.",
                        POOL,
                        r -> r.pins().stream()
                                .map(pool -> new Sample(List.of(pool.database(), pool.user()), pool.pinnedServers()))),
                new Count(
                        "weir_pins_total",
                        "Times a client began to keep its server, by the kind of session state.",
                        POOL_REASON,
                        r -> r.pins().stream().flatMap(Metrics::pinsBegun)),
                holders(
                        "weir_idle_in_transaction_clients",
                        "Clients that keep a server by being silent within a transaction.",
                        HolderCountSnapshot::idleInTransaction),
                holders(
                        "weir_leaking_clients",
                        "Those of them that have been so for leak_detection_threshold or longer.",
                        HolderCountSnapshot::leaking),
                new Count(
                        "weir_slow_queries_total",
                        "Queries that took a server for slow_query_threshold or longer.",
                        POOL,
                        r -> r.holders().stream()
                                .map(pool -> new Sample(List.of(pool.database(), pool.user()), pool.slowQueries()))),
                new Level(
                        "weir_listen_channels",
                        "Channels that clients listen on, over one server connection for the pool.",
                        POOL,
                        r -> r.listening().stream()
                                .map(pool -> new Sample(List.of(pool.database(), pool.user()), pool.channels()))),
                new Count(
                        "weir_notifications_total",
                        "Notifications that came for them.",
                        POOL,
                        r -> r.listening().stream()
                                .map(pool -> new Sample(List.of(pool.database(), pool.user()), pool.notifications()))));
    }

    private static List<Metric> ofTrouble() {
        return List.of(
                new Count(
                        "weir_client_login_failures_total",
                        "Clients that were not let in, by the error that they were sent; no database where there is"
                                + " none of the name that they asked for, and for the console.",
                        List.of("database", "sqlstate"),
                        r -> r.loginFailures().stream()
                                .map(f -> new Sample(List.of(f.database(), f.sqlState()), f.count()))),
                new Level(
                        "weir_pool_unreachable",
                        "1 while a pool has no server and the last attempt to connect to one has failed.",
                        POOL,
                        ofPool(pool -> pool.isUnreachable() ? 1 : 0)),
                new Level(
                        "weir_alert_active",
                        "1 for each alert that is raised.",
                        List.of("rule", "severity", "database", "user"),
                        r -> r.alerts().stream()
                                .map(Alert::key)
                                .map(key -> new Sample(
                                        List.of(key.rule(), key.severity().text(), key.database(), key.user()), 1))));
    }

    private static List<Metric> ofTraffic() {
        return List.of(
                count("weir_client_logins_total", "Clients that logged in.", StatsSnapshot::clientLogins),
                count(
                        "weir_server_assignments_total",
                        "Times a client got a server.",
                        StatsSnapshot::serverAssignments),
                count(
                        "weir_servers_moved_total",
                        "Servers that moved to another event loop, where a client had none.",
                        StatsSnapshot::serversMovedIn),
                count(
                        "weir_clients_moved_total",
                        "Times a client moved to another event loop, to fill or to relieve one.",
                        StatsSnapshot::clientsMovedIn),
                count(
                        "weir_server_connects_total",
                        "Servers that were connected to and logged in to.",
                        StatsSnapshot::serverConnects),
                count(
                        "weir_server_connect_failures_total",
                        "Attempts to connect or log in to a server that failed.",
                        StatsSnapshot::serverConnectFailures),
                count(
                        "weir_servers_lost_total",
                        "Servers whose connection broke, or that gave up by a FATAL error.",
                        StatsSnapshot::serversLost),
                count("weir_transactions_total", "Transactions begun.", StatsSnapshot::transactions),
                count(
                        "weir_queries_total",
                        "Queries begun; a pipeline until all is answered counts as one.",
                        StatsSnapshot::queries),
                count("weir_received_bytes_total", "Message bytes taken from clients.", StatsSnapshot::receivedBytes),
                count("weir_sent_bytes_total", "Message bytes read from servers.", StatsSnapshot::sentBytes),
                seconds(
                        "weir_transaction_seconds_total",
                        "Time in transactions, time in line included.",
                        StatsSnapshot::transactionNanos),
                seconds(
                        "weir_query_seconds_total",
                        "Time in queries, time in line included.",
                        StatsSnapshot::queryNanos),
                seconds(
                        "weir_wait_seconds_total",
                        "Time in line of clients that got a server in the end.",
                        StatsSnapshot::waitNanos),
                count("weir_client_parses_total", "Parse messages of clients.", StatsSnapshot::clientParses),
                count("weir_server_parses_total", "Parse messages sent to servers.", StatsSnapshot::serverParses),
                count("weir_binds_total", "Bind messages.", StatsSnapshot::binds),
                times(
                        "weir_wait_duration_seconds",
                        "How long each client stood in line that did not get a server at once.",
                        StatsSnapshot::waitTimes),
                times(
                        "weir_query_duration_seconds",
                        "How long each query took once it had a server.",
                        StatsSnapshot::queryTimes),
                times(
                        "weir_transaction_duration_seconds",
                        "How long each transaction took once it had a server.",
                        StatsSnapshot::transactionTimes),
                times(
                        "weir_server_connect_duration_seconds",
                        "How long it took to connect and log in to each server.",
                        StatsSnapshot::connectTimes));
    }

    private static List<Metric> ofDatabases() {
        return List.of(
                database(
                        "weir_database_pool_size",
                        "Servers per pool of the database; 0 means no limit.",
                        DatabaseSnapshot::poolSize),
                database("weir_database_min_pool_size", "Servers kept even when idle.", DatabaseSnapshot::minPoolSize),
                database(
                        "weir_database_reserve_pool_size",
                        "Additional servers under pressure.",
                        DatabaseSnapshot::reservePoolSize),
                database(
                        "weir_database_server_lifetime_seconds",
                        "Age at which servers are closed.",
                        DatabaseSnapshot::serverLifetimeSeconds),
                database(
                        "weir_database_max_server_connections",
                        "Limit of server connections; 0 means none.",
                        DatabaseSnapshot::maxConnections),
                database(
                        "weir_database_server_connections",
                        "Server connections now.",
                        DatabaseSnapshot::currentConnections),
                database(
                        "weir_database_max_client_connections",
                        "Limit of client connections; 0 means none.",
                        DatabaseSnapshot::maxClientConnections),
                database(
                        "weir_database_client_connections",
                        "Client connections now.",
                        DatabaseSnapshot::currentClientConnections),
                database("weir_database_paused", "1 while paused.", database -> database.paused() ? 1 : 0),
                database(
                        "weir_database_disabled",
                        "1 while new logins are refused.",
                        database -> database.disabled() ? 1 : 0));
    }

    private static Stream<Sample> objects(ListsSnapshot lists) {
        return Stream.of(
                new Sample(List.of("databases"), lists.databases()),
                new Sample(List.of("users"), lists.users()),
                new Sample(List.of("peers"), lists.peers()),
                new Sample(List.of("pools"), lists.pools()),
                new Sample(List.of("peer_pools"), lists.peerPools()),
                new Sample(List.of("clients"), lists.clients()),
                new Sample(List.of("login_clients"), lists.loginClients()),
                new Sample(List.of("servers"), lists.servers()),
                new Sample(List.of("dns_names"), lists.dnsNames()),
                new Sample(List.of("dns_zones"), lists.dnsZones()),
                new Sample(List.of("dns_queries"), lists.dnsQueries()),
                new Sample(List.of("dns_pending"), lists.dnsPending()));
    }

    private static Stream<Sample> clients(PoolSnapshot pool) {
        return Stream.of(
                inState(pool, "active", pool.clientsActive()),
                inState(pool, "waiting", pool.clientsWaiting()),
                inState(pool, "active_cancel", pool.clientsActiveCancel()),
                inState(pool, "waiting_cancel", pool.clientsWaitingCancel()));
    }

    private static Stream<Sample> servers(PoolSnapshot pool) {
        return Stream.of(
                inState(pool, "active", pool.serversActive()),
                inState(pool, "active_cancel", pool.serversActiveCancel()),
                inState(pool, "being_canceled", pool.serversBeingCanceled()),
                inState(pool, "idle", pool.serversIdle()),
                inState(pool, "used", pool.serversUsed()),
                inState(pool, "tested", pool.serversTested()),
                inState(pool, "login", pool.serversLogin()));
    }

    private static Metric holders(String name, String help, ToDoubleFunction<HolderCountSnapshot> value) {
        return new Level(
                name,
                help,
                POOL,
                r -> r.holders().stream()
                        .map(pool -> new Sample(List.of(pool.database(), pool.user()), value.applyAsDouble(pool))));
    }

    private static Stream<Sample> pinsBegun(PinCountSnapshot pool) {
        return pool.begun().entrySet().stream()
                .map(begun -> new Sample(List.of(pool.database(), pool.user(), begun.getKey()), begun.getValue()));
    }

    private static Sample inState(PoolSnapshot pool, String state, int count) {
        return new Sample(List.of(pool.database(), pool.user(), state), count);
    }

    private static Function<Readings, Stream<Sample>> ofPool(ToDoubleFunction<PoolSnapshot> value) {
        return readings -> readings.pools().stream()
                .map(pool -> new Sample(List.of(pool.database(), pool.user()), value.applyAsDouble(pool)));
    }

    private static Metric count(String name, String help, ToLongFunction<StatsSnapshot> value) {
        return new Count(
                name,
                help,
                POOL,
                readings -> readings.stats().stream()
                        .map(stats -> new Sample(List.of(stats.database(), stats.user()), value.applyAsLong(stats))));
    }

    private static Metric seconds(String name, String help, ToLongFunction<StatsSnapshot> nanos) {
        return new Count(
                name,
                help,
                POOL,
                readings -> readings.stats().stream()
                        .map(stats -> new Sample(
                                List.of(stats.database(), stats.user()), nanos.applyAsLong(stats) / NANOS_PER_SECOND)));
    }

    private static Metric times(String name, String help, Function<StatsSnapshot, HistogramSnapshot> histogram) {
        return new Times(
                name,
                help,
                POOL,
                readings -> readings.stats().stream()
                        .map(stats -> new TimeSample(List.of(stats.database(), stats.user()), histogram.apply(stats))));
    }

    private static Metric database(String name, String help, ToLongFunction<DatabaseSnapshot> value) {
        return new Level(
                name,
                help,
                DATABASE,
                readings -> readings.databases().stream()
                        .map(database -> new Sample(List.of(database.name()), value.applyAsLong(database))));
    }

    private static Stream<Sample> single(double value) {
        return Stream.of(new Sample(NONE, value));
    }

    private static Stream<Sample> flag(boolean value) {
        return single(value ? 1 : 0);
    }
}
