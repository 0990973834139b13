package dev.weir.console.http;

import dev.weir.console.http.Metric.Count;
import dev.weir.console.http.Metric.Level;
import dev.weir.console.http.Metric.Sample;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.ListsSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.StatsSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The same under the names and labels that pgbouncer_exporter gives them, so that dashboards and alert rules made for
/// it
/// work. The console's own database and pool are left out.
final class PgbouncerMetrics {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final List<String> NONE = List.of();
    private static final List<String> POOL = List.of("database", "user");
    private static final List<String> DATABASE = List.of("name", "host", "port", "database", "force_user", "pool_mode");

    static final List<Metric> ALL = Stream.of(process(), lists(), pools(), databases(), stats())
            .flatMap(List::stream)
            .toList();

    private PgbouncerMetrics() {}

    private static List<Metric> process() {
        return List.of(
                new Level("pgbouncer_up", "Always 1: who does not answer is not up.", NONE, _ -> one(1)),
                new Level(
                        "pgbouncer_version_info",
                        "Always 1; the label tells Weir's version.",
                        List.of("version"),
                        r -> Stream.of(new Sample(List.of("Weir " + r.identity().version()), 1))),
                setting("max_client_connections", "max_client_conn", "Clients that may be connected."),
                setting(
                        "max_user_connections",
                        "max_user_connections",
                        "Servers that a user may have; 0 for no limit."));
    }

    private static Metric setting(String name, String key, String help) {
        return new Level(
                "pgbouncer_config_" + name,
                help,
                NONE,
                r -> r.settings().stream()
                        .filter(setting -> setting.key().equals(key))
                        .map(setting -> new Sample(
                                NONE, Double.parseDouble(Objects.requireNonNullElse(setting.value(), "0")))));
    }

    private static List<Metric> lists() {
        return List.of(
                list("databases", "Databases.", ListsSnapshot::databases),
                list("users", "Users.", ListsSnapshot::users),
                list("pools", "Pools.", ListsSnapshot::pools),
                list("free_clients", "Always 0: nothing is kept for reuse.", _ -> 0),
                list("used_clients", "Clients that are logged in.", ListsSnapshot::clients),
                list("login_clients", "Clients that log in.", ListsSnapshot::loginClients),
                list("free_servers", "Always 0: nothing is kept for reuse.", _ -> 0),
                list("used_servers", "Server connections.", ListsSnapshot::servers),
                list("cached_dns_names", "Cached host names.", ListsSnapshot::dnsNames),
                list("cached_dns_zones", "Watched zones.", ListsSnapshot::dnsZones),
                list("in_flight_dns_queries", "Host names being resolved.", ListsSnapshot::dnsQueries));
    }

    private static Metric list(String name, String help, ToIntFunction<ListsSnapshot> value) {
        return new Level("pgbouncer_" + name, help, NONE, r -> one(value.applyAsInt(r.lists())));
    }

    private static List<Metric> pools() {
        return List.of(
                pool(
                        "client_active_connections",
                        "Clients not in line, idle ones included.",
                        PoolSnapshot::clientsActive),
                pool(
                        "client_active_cancel_connections",
                        "Cancel requests that are on their way.",
                        PoolSnapshot::clientsActiveCancel),
                pool("client_waiting_connections", "Clients in line for a server.", PoolSnapshot::clientsWaiting),
                pool(
                        "client_waiting_cancel_connections",
                        "Cancel requests that wait to be sent.",
                        PoolSnapshot::clientsWaitingCancel),
                pool("server_active_connections", "Servers linked to a client.", PoolSnapshot::serversActive),
                pool(
                        "server_active_cancel_connections",
                        "Connections that carry a cancel request.",
                        PoolSnapshot::serversActiveCancel),
                pool(
                        "server_being_canceled_connections",
                        "Servers held back until a cancel request for them has finished.",
                        PoolSnapshot::serversBeingCanceled),
                pool("server_idle_connections", "Servers ready for a client.", PoolSnapshot::serversIdle),
                pool("server_used_connections", "Idle servers that need a check first.", PoolSnapshot::serversUsed),
                pool("server_testing_connections", "Servers that run a reset or a check.", PoolSnapshot::serversTested),
                pool("server_login_connections", "Servers that connect or log in.", PoolSnapshot::serversLogin),
                pool(
                        "client_maxwait_seconds",
                        "How long the first client in line has waited, in whole seconds.",
                        pool -> Math.floor(pool.maxWaitNanos() / NANOS_PER_SECOND)));
    }

    private static Metric pool(String name, String help, ToDoubleFunction<PoolSnapshot> value) {
        return new Level(
                "pgbouncer_pools_" + name,
                help,
                POOL,
                r -> r.pools().stream()
                        .map(pool -> new Sample(List.of(pool.database(), pool.user()), value.applyAsDouble(pool))));
    }

    private static List<Metric> databases() {
        return List.of(
                database("pool_size", "Servers of each pool.", DatabaseSnapshot::poolSize),
                database("reserve_pool", "Additional servers under pressure.", DatabaseSnapshot::reservePoolSize),
                database("max_connections", "Servers of all pools; 0 for no limit.", DatabaseSnapshot::maxConnections),
                database("current_connections", "Servers now.", DatabaseSnapshot::currentConnections),
                database("paused", "1 while it is paused.", d -> d.paused() ? 1 : 0),
                database("disabled", "1 while new clients are refused.", d -> d.disabled() ? 1 : 0));
    }

    private static Metric database(String name, String help, ToLongFunction<DatabaseSnapshot> value) {
        return new Level(
                "pgbouncer_databases_" + name,
                help,
                DATABASE,
                r -> r.databases().stream().map(database -> new Sample(labels(database), value.applyAsLong(database))));
    }

    private static List<String> labels(DatabaseSnapshot database) {
        return List.of(
                database.name(),
                Objects.requireNonNullElse(database.host(), ""),
                Integer.toString(database.port()),
                database.database(),
                Objects.requireNonNullElse(database.forceUser(), ""),
                database.poolMode() == null ? "" : database.poolMode().name().toLowerCase(Locale.ROOT));
    }

    private static List<Metric> stats() {
        return List.of(
                total("queries_pooled_total", "Queries begun.", StatsSnapshot::queries),
                seconds(
                        "queries_duration_seconds_total",
                        "Time in queries, waits included.",
                        StatsSnapshot::queryNanos),
                total("received_bytes_total", "Message bytes taken from clients.", StatsSnapshot::receivedBytes),
                total("sent_bytes_total", "Message bytes read from servers.", StatsSnapshot::sentBytes),
                seconds("client_wait_seconds_total", "Time in line for a server.", StatsSnapshot::waitNanos),
                total("sql_transactions_pooled_total", "Transactions begun.", StatsSnapshot::transactions),
                seconds(
                        "server_in_transaction_seconds_total",
                        "Time in transactions, waits included.",
                        StatsSnapshot::transactionNanos),
                total("client_parses_total", "Parse messages of clients.", StatsSnapshot::clientParses),
                total("server_parses_total", "Parse messages sent to servers.", StatsSnapshot::serverParses),
                total("binds_total", "Bind messages.", StatsSnapshot::binds));
    }

    private static Metric total(String name, String help, ToLongFunction<StatsSnapshot> value) {
        return count(name, help, value::applyAsLong);
    }

    private static Metric seconds(String name, String help, ToLongFunction<StatsSnapshot> nanos) {
        return count(name, help, stats -> nanos.applyAsLong(stats) / NANOS_PER_SECOND);
    }

    /// By database: what its pools have counted is added up by whoever takes the samples.
    private static Metric count(String name, String help, ToDoubleFunction<StatsSnapshot> value) {
        return new Count(
                "pgbouncer_stats_totals_" + name,
                help,
                List.of("database"),
                r -> r.stats().stream()
                        .map(stats -> new Sample(List.of(stats.database()), value.applyAsDouble(stats))));
    }

    private static Stream<Sample> one(double value) {
        return Stream.of(new Sample(NONE, value));
    }
}
