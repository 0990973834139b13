package dev.weir.console.api;

import dev.weir.console.json.JsonShape;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.PinSnapshot;
import dev.weir.console.port.PoolSnapshot;
import dev.weir.console.port.StatsSnapshot;
import java.util.List;
import java.util.Locale;

/// How pools, databases and their statistics look in JSON.
final class PoolShapes {

    static final JsonShape<PoolSnapshot> POOL = JsonShape.<PoolSnapshot>of("Pool")
            .text("database", "database as clients name it", PoolSnapshot::database)
            .text("user", "user that logs in to the servers", PoolSnapshot::user)
            .choice(
                    "pool_mode",
                    "when servers go back",
                    List.of("session", "transaction", "statement"),
                    p -> p.poolMode().name().toLowerCase(Locale.ROOT))
            .integer("pool_size", "servers that the pool may have; 0 for no limit", PoolSnapshot::poolSize)
            .optionalInteger(
                    "utilization_percent",
                    "share of them that serve; null without a limit",
                    p -> p.poolSize() == 0 ? null : 100L * p.serversBusy() / p.poolSize())
            .flag("exhausted", "clients wait while all servers are busy", PoolSnapshot::isExhausted)
            .flag(
                    "unreachable",
                    "there is no server, and the last attempt to connect has failed",
                    PoolSnapshot::isUnreachable)
            .optionalText(
                    "last_connect_failure",
                    "what the last attempt to connect failed with; null if it did not",
                    PoolSnapshot::lastConnectFailure)
            .integer("clients_active", "clients not in line, idle ones included", PoolSnapshot::clientsActive)
            .integer("clients_waiting", "clients in line for a server", PoolSnapshot::clientsWaiting)
            .seconds("max_wait_seconds", "how long the first of them has waited", PoolSnapshot::maxWaitNanos)
            .integer("servers_active", "servers linked to a client", PoolSnapshot::serversActive)
            .integer("servers_idle", "servers ready for a client", PoolSnapshot::serversIdle)
            .integer("servers_used", "idle ones that need a check first", PoolSnapshot::serversUsed)
            .integer("servers_tested", "servers that run a reset or a check", PoolSnapshot::serversTested)
            .integer("servers_login", "servers that connect or log in", PoolSnapshot::serversLogin)
            .integer(
                    "servers_being_canceled",
                    "servers held back until a cancel request for them has finished",
                    PoolSnapshot::serversBeingCanceled)
            .integer("cancel_requests", "connections that carry a cancel request", PoolSnapshot::serversActiveCancel)
            .optionalText(
                    "load_balance_hosts",
                    "how hosts are chosen; null unless there are several",
                    PoolSnapshot::loadBalanceHosts);

    static final JsonShape<DatabaseSnapshot> DATABASE = JsonShape.<DatabaseSnapshot>of("Database")
            .text("name", "name that clients use", DatabaseSnapshot::name)
            .optionalText("host", "host or hosts; null for the Unix socket", DatabaseSnapshot::host)
            .integer("port", "the servers' port", DatabaseSnapshot::port)
            .text("database", "name at the server", DatabaseSnapshot::database)
            .optionalText(
                    "force_user",
                    "user that logs in for everybody; null when clients log in as themselves",
                    DatabaseSnapshot::forceUser)
            .integer("pool_size", "servers of each pool; 0 for no limit", DatabaseSnapshot::poolSize)
            .integer("min_pool_size", "servers kept even when idle", DatabaseSnapshot::minPoolSize)
            .integer("reserve_pool_size", "additional servers under pressure", DatabaseSnapshot::reservePoolSize)
            .integer(
                    "server_lifetime_seconds",
                    "age at which servers are closed",
                    DatabaseSnapshot::serverLifetimeSeconds)
            .optionalText(
                    "pool_mode",
                    "mode set for this database; null when the global one counts",
                    d -> d.poolMode() == null ? null : d.poolMode().name().toLowerCase(Locale.ROOT))
            .integer("max_connections", "limit of server connections; 0 for none", DatabaseSnapshot::maxConnections)
            .integer("current_connections", "server connections now", DatabaseSnapshot::currentConnections)
            .integer(
                    "max_client_connections",
                    "limit of client connections; 0 for none",
                    DatabaseSnapshot::maxClientConnections)
            .integer("current_client_connections", "client connections now", DatabaseSnapshot::currentClientConnections)
            .flag("paused", "clients wait for RESUME", DatabaseSnapshot::paused)
            .flag("disabled", "new clients are refused", DatabaseSnapshot::disabled);

    private static final JsonShape<HistogramSnapshot> TIMES = JsonShape.<HistogramSnapshot>of("Times")
            .integer("count", "how many there were", HistogramSnapshot::total)
            .seconds("sum_seconds", "all of them together", HistogramSnapshot::sumNanos)
            .seconds("p50_seconds", "half of them took no longer", h -> h.quantileNanos(0.5, 0))
            .seconds("p95_seconds", "95 of 100 took no longer", h -> h.quantileNanos(0.95, 0))
            .seconds("p99_seconds", "99 of 100 took no longer", h -> h.quantileNanos(0.99, 0));

    static final JsonShape<StatsSnapshot> STATS = JsonShape.<StatsSnapshot>of("Stats")
            .text("database", "database as clients name it", StatsSnapshot::database)
            .text("user", "user that logs in to the servers", StatsSnapshot::user)
            .integer("client_logins_total", "clients that logged in", StatsSnapshot::clientLogins)
            .integer("server_assignments_total", "times a client got a server", StatsSnapshot::serverAssignments)
            .integer("server_connects_total", "servers connected to", StatsSnapshot::serverConnects)
            .integer(
                    "server_connect_failures_total",
                    "attempts to connect to a server that failed",
                    StatsSnapshot::serverConnectFailures)
            .integer(
                    "servers_lost_total",
                    "servers whose connection broke, or that gave up by a FATAL error",
                    StatsSnapshot::serversLost)
            .integer("transactions_total", "transactions begun", StatsSnapshot::transactions)
            .integer("queries_total", "queries begun", StatsSnapshot::queries)
            .integer("received_bytes_total", "message bytes taken from clients", StatsSnapshot::receivedBytes)
            .integer("sent_bytes_total", "message bytes read from servers", StatsSnapshot::sentBytes)
            .seconds(
                    "transaction_seconds_total",
                    "time in transactions, waits included",
                    StatsSnapshot::transactionNanos)
            .seconds("query_seconds_total", "time in queries, waits included", StatsSnapshot::queryNanos)
            .seconds("wait_seconds_total", "time in line", StatsSnapshot::waitNanos)
            .integer("client_parses_total", "Parse messages of clients", StatsSnapshot::clientParses)
            .integer("server_parses_total", "Parse messages sent to servers", StatsSnapshot::serverParses)
            .integer("binds_total", "Bind messages", StatsSnapshot::binds)
            .object("wait_times", "of clients that did not get a server at once", TIMES, StatsSnapshot::waitTimes)
            .object("query_times", "of queries once they had a server", TIMES, StatsSnapshot::queryTimes)
            .object(
                    "transaction_times",
                    "of transactions once they had a server",
                    TIMES,
                    StatsSnapshot::transactionTimes)
            .object("connect_times", "of connecting and logging in to servers", TIMES, StatsSnapshot::connectTimes);

    static final JsonShape<PinSnapshot> PIN = JsonShape.<PinSnapshot>of("Pin")
            .text("database", "database as the client names it", PinSnapshot::database)
            .text("user", "login user", PinSnapshot::user)
            .integer("client_id", "the client's id", PinSnapshot::clientId)
            .text("client_address", "where the client is", p -> p.client().address())
            .integer("client_port", "its port", p -> p.client().port())
            .text("application_name", "its application_name", PinSnapshot::applicationName)
            .integer("server_pid", "process id of the server that it keeps", PinSnapshot::serverPid)
            .text("reason", "kind of session state that no other server has", PinSnapshot::reason)
            .text("detail", "what it is about", PinSnapshot::detail)
            .epochMicros("since", "when it began", PinSnapshot::sinceEpochMicros)
            .seconds("age_seconds", "how long ago that is", PinSnapshot::ageNanos);

    private PoolShapes() {}
}
