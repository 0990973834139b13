package dev.weir.console.advice;

import dev.weir.config.ConfigFormat;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.PoolSettings;
import dev.weir.config.setting.TimeoutSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Finds timeouts that do not go together, from the configuration alone. Used for one look.
public final class TimeoutAdvice {

    /// HikariCP and most others give up waiting for a connection after half a minute.
    private static final Duration CLIENTS_GIVE_UP = Duration.ofSeconds(30);

    /// Pools of applications keep connections idle for ten minutes and expect them to be there.
    private static final Duration CLIENTS_KEEP_IDLE = Duration.ofMinutes(10);

    private final WeirConfig config;
    private final List<AdviceRow> rows = new ArrayList<>();
    private final Set<String> said = new LinkedHashSet<>();

    private TimeoutAdvice(WeirConfig config) {
        this.config = config;
    }

    /// All that is to be said of a configuration: first of the global settings, then of databases and users that have
    /// their own.
    public static List<AdviceRow> of(WeirConfig config) {
        TimeoutAdvice advice = new TimeoutAdvice(config);
        advice.servers();
        // No user has the empty name: what is said of it holds for all who have nothing of their own.
        advice.clients("");
        config.users().keySet().forEach(advice::clients);
        Duration wait = config.get(TimeoutSettings.QUERY_WAIT_TIMEOUT);
        advice.waits("", "", wait, config.queryTimeout(""));
        for (DatabaseConfig database : config.databases().values()) {
            Duration own = config.queryWaitTimeout(database, "");
            if (!own.equals(wait)) {
                advice.waits(database.name(), "", own, config.queryTimeout(""));
            }
        }
        return List.copyOf(advice.rows);
    }

    private void servers() {
        Duration lifetime = config.get(TimeoutSettings.SERVER_LIFETIME);
        Duration idle = config.get(TimeoutSettings.SERVER_IDLE_TIMEOUT);
        if (lifetime.isZero()) {
            add(
                    "",
                    "",
                    "server_lifetime is 0: each server connection is used once, and every checkout logs in anew",
                    "server_lifetime = " + text(Duration.ofHours(1)));
        } else if (idle.compareTo(lifetime) > 0) {
            add(
                    "",
                    "",
                    "server_idle_timeout " + words(idle) + " never comes: server_lifetime " + words(lifetime)
                            + " closes idle servers before",
                    "server_idle_timeout below server_lifetime");
        }
        Duration connect = config.get(TimeoutSettings.SERVER_CONNECT_TIMEOUT);
        if (connect.isZero()) {
            add(
                    "",
                    "",
                    "server_connect_timeout is 0: an attempt to connect to a host that has vanished holds its place"
                            + " in the pool for minutes",
                    "server_connect_timeout = " + text(Duration.ofSeconds(5)));
        }
    }

    private void clients(String user) {
        Duration idleTransaction = config.idleTransactionTimeout(user);
        Duration transaction = config.transactionTimeout(user);
        Duration query = config.queryTimeout(user);
        Duration idle = config.clientIdleTimeout(user);
        if (idleTransaction.isZero() && transaction.isZero()) {
            add(
                    "",
                    user,
                    "idle_transaction_timeout is 0: a transaction that its client has forgotten keeps a server and"
                            + " its locks for ever",
                    "idle_transaction_timeout = " + text(Duration.ofMinutes(1)));
        }
        if (transaction.isPositive() && idleTransaction.compareTo(transaction) >= 0) {
            add(
                    "",
                    user,
                    "idle_transaction_timeout " + words(idleTransaction) + " never comes: transaction_timeout "
                            + words(transaction) + " is not longer",
                    "idle_transaction_timeout below transaction_timeout");
        }
        if (transaction.isPositive() && query.compareTo(transaction) > 0) {
            add(
                    "",
                    user,
                    "query_timeout " + words(query) + " never comes: transaction_timeout " + words(transaction)
                            + " ends the query before",
                    "query_timeout below transaction_timeout");
        }
        if (idle.isPositive() && idle.compareTo(CLIENTS_KEEP_IDLE) < 0) {
            add(
                    "",
                    user,
                    "client_idle_timeout " + words(idle) + " closes connections that the pools of applications"
                            + " (HikariCP: 10 min) believe to be open",
                    "client_idle_timeout = 0, or an idle timeout of the" + " application's pool below it");
        }
    }

    private void waits(String database, String user, Duration wait, Duration query) {
        if (wait.isZero()) {
            add(
                    database,
                    user,
                    "query_wait_timeout is 0: clients stand in line for ever, and nobody is told",
                    "query_wait_timeout = " + text(Duration.ofSeconds(10)));
            return;
        }
        if (wait.compareTo(CLIENTS_GIVE_UP) > 0) {
            add(
                    database,
                    user,
                    "query_wait_timeout " + words(wait) + " is longer than applications wait (HikariCP: 30 s,"
                            + " Prisma: 10 s): they fail first, with an error that tells nothing",
                    "query_wait_timeout = " + text(Duration.ofSeconds(10)));
        }
        if (query.isPositive() && wait.compareTo(query) >= 0) {
            add(
                    database,
                    user,
                    "query_wait_timeout " + words(wait) + " never comes: query_timeout " + words(query)
                            + " counts the time in line too",
                    "query_wait_timeout below query_timeout");
        }
        Duration notice = config.get(TimeoutSettings.QUERY_WAIT_NOTIFY);
        if (notice.compareTo(wait) >= 0) {
            add(
                    database,
                    user,
                    "query_wait_notify " + words(notice) + " never comes: query_wait_timeout " + words(wait)
                            + " is not longer",
                    "query_wait_notify below query_wait_timeout");
        }
        Duration reserve = config.get(PoolSettings.RESERVE_POOL_TIMEOUT);
        boolean reserved = config.get(PoolSettings.RESERVE_POOL_SIZE) > 0;
        if (reserved && reserve.compareTo(wait) >= 0) {
            add(
                    database,
                    user,
                    "the reserve never helps: reserve_pool_timeout " + words(reserve)
                            + " is not shorter than query_wait_timeout " + words(wait),
                    "reserve_pool_timeout below query_wait_timeout");
        }
        Duration connect = config.get(TimeoutSettings.SERVER_CONNECT_TIMEOUT);
        if (connect.compareTo(wait) >= 0) {
            add(
                    database,
                    user,
                    "server_connect_timeout " + words(connect) + " is not shorter than query_wait_timeout "
                            + words(wait) + ": clients are turned away before they could hear why no server is there",
                    "server_connect_timeout = " + text(Duration.ofSeconds(Math.max(1, wait.toSeconds() / 2))));
        }
    }

    private void add(String database, String user, String finding, String instead) {
        if (said.add(database + '\0' + finding)) {
            rows.add(new AdviceRow(AdviceRow.Kind.TIMEOUTS, database, user, null, finding, instead));
        }
    }

    /// As the configuration's language writes it.
    private String text(Duration duration) {
        return config.format() == ConfigFormat.INI
                ? Long.toString(duration.toSeconds())
                : '"' + Long.toString(duration.toSeconds()) + "s\"";
    }

    private static String words(Duration duration) {
        if (duration.isZero()) {
            return "0 (for ever)";
        }
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
