package dev.weir.proxy.doctor;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.TimeoutSettings;
import java.time.Duration;
import java.time.LocalDate;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a server says of itself, held against the configuration. Used once for each server.
final class ServerCheck {

    private static final double CLOCK_SECONDS_MAX = 2;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int VERSION_SCALE = 10_000;
    /// The last of a major version's fixes comes in November five years after it; version 13 was that of 2020.
    private static final int YEAR_OF_LAST_FIX_MINUS_VERSION = 2012;
    private static final int LAST_FIX_DAY = 15;
    private static final double TIGHT = 0.9;

    private final WeirConfig config;
    private final ServerAddress server;
    private final Diagnosis diagnosis;
    private @Nullable Facts facts;

    ServerCheck(WeirConfig config, ServerAddress server, Diagnosis diagnosis) {
        this.config = config;
        this.server = server;
        this.diagnosis = diagnosis;
    }

    /// Takes what one login has been told.
    void examine(DatabaseConfig database, String user, Facts told) {
        if (facts == null) {
            facts = told;
            version(told, LocalDate.now(ZoneOffset.UTC));
            clock(told, System.currentTimeMillis() / 1000.0);
            standby(database, told);
        }
        String subject = database.name() + "/" + user;
        limits(database, user, subject, told);
        timeouts(user, subject, told);
    }

    /// Says what concerns all logins together.
    void conclude() {
        Facts told = facts;
        if (told == null) {
            diagnosis.skip("capacity", server.toString(), "nobody could log in to ask for max_connections");
            return;
        }
        capacity(told);
    }

    private void version(Facts told, LocalDate today) {
        int major = (int) (told.number("server_version_num") / VERSION_SCALE);
        String version = "PostgreSQL " + told.settings().getOrDefault("server_version", "?");
        LocalDate end = LocalDate.of(YEAR_OF_LAST_FIX_MINUS_VERSION + major, Month.NOVEMBER, LAST_FIX_DAY);
        if (major < 10) {
            diagnosis.warn("version", server.toString(), version + " has no SCRAM and gets no fixes", "a newer one");
        } else if (today.isAfter(end)) {
            diagnosis.warn(
                    "version",
                    server.toString(),
                    version + " has had no fixes since November " + end.getYear(),
                    "a newer one");
        } else {
            diagnosis.ok("version", server.toString(), version);
        }
    }

    private void clock(Facts told, double now) {
        double middle = now - told.askedNanos() / NANOS_PER_SECOND / 2;
        double off = Math.abs(told.clockSeconds() - middle);
        String message = String.format(Locale.ROOT, "the clocks differ by %.1f s", off);
        if (off > CLOCK_SECONDS_MAX) {
            diagnosis.warn(
                    "clock",
                    server.toString(),
                    message,
                    "NTP (chrony, systemd-timesyncd) on both machines: logs,"
                            + " certificates and tokens go by the clock");
        } else {
            diagnosis.ok("clock", server.toString(), message);
        }
    }

    private void standby(DatabaseConfig database, Facts told) {
        if (told.standby() && config.serverAddresses(database).size() == 1) {
            diagnosis.warn(
                    "role",
                    server.toString(),
                    "it is a standby: every write fails",
                    "the primary's host, unless " + database.name() + " is meant for reading only");
        }
    }

    private void limits(DatabaseConfig database, String user, String subject, Facts told) {
        int size = config.poolSize(database, user);
        if (told.roleLimit() >= 0 && size > told.roleLimit()) {
            diagnosis.fail(
                    "capacity",
                    subject,
                    "the pool may open " + size + ", and the role has CONNECTION LIMIT " + told.roleLimit(),
                    "pool_size = " + told.roleLimit() + " for it, or ALTER ROLE \"" + user + "\" CONNECTION LIMIT -1");
        }
        if (told.databaseLimit() >= 0 && size > told.databaseLimit()) {
            diagnosis.fail(
                    "capacity",
                    subject,
                    "the pool may open " + size + ", and the database has CONNECTION LIMIT " + told.databaseLimit(),
                    "max_db_connections = " + told.databaseLimit() + ", or ALTER DATABASE … CONNECTION LIMIT -1");
        }
        if (told.superuser()) {
            diagnosis.warn(
                    "role",
                    subject,
                    "a superuser's pool may take the slots that are reserved for the moment when nothing else works",
                    "a role without SUPERUSER for applications");
        }
    }

    private void timeouts(String user, String subject, Facts told) {
        int before = diagnosis.findings().size();
        Duration idleServer = config.get(TimeoutSettings.SERVER_IDLE_TIMEOUT);
        Duration idleSession = told.timeout("idle_session_timeout");
        if (idleSession.isPositive() && (idleServer.isZero() || idleSession.compareTo(idleServer) <= 0)) {
            diagnosis.warn(
                    "timeouts",
                    subject,
                    "idle_session_timeout " + text(idleSession) + " closes servers before server_idle_timeout "
                            + text(idleServer) + " does",
                    "server_idle_timeout below it, or ALTER ROLE \"" + user + "\" SET idle_session_timeout = 0");
        }
        Duration idleTransaction = config.idleTransactionTimeout(user);
        Duration theirs = told.timeout("idle_in_transaction_session_timeout");
        if (idleTransaction.isZero() && theirs.isZero()) {
            diagnosis.warn(
                    "timeouts",
                    subject,
                    "nothing ends a transaction that its client has forgotten: it keeps a server and its locks",
                    "idle_transaction_timeout = " + (ini() ? "60" : "\"1min\""));
        } else if (idleTransaction.isPositive() && theirs.isPositive() && theirs.compareTo(idleTransaction) <= 0) {
            diagnosis.warn(
                    "timeouts",
                    subject,
                    "idle_in_transaction_session_timeout " + text(theirs) + " ends the server before"
                            + " idle_transaction_timeout " + text(idleTransaction) + " ends the client",
                    "idle_transaction_timeout below it");
        }
        ordered(subject, "statement_timeout", told, "query_timeout", config.queryTimeout(user));
        ordered(subject, "transaction_timeout", told, "transaction_timeout", config.transactionTimeout(user));
        if (diagnosis.findings().size() == before) {
            diagnosis.ok("timeouts", subject, "PostgreSQL's and Weir's fit together");
        }
    }

    /// PostgreSQL's own limit should come first: it ends a statement, where Weir must end the client.
    private void ordered(String subject, String theirName, Facts told, String ownName, Duration own) {
        Duration theirs = told.timeout(theirName);
        if (own.isPositive() && theirs.compareTo(own) > 0) {
            diagnosis.warn(
                    "timeouts",
                    subject,
                    "PostgreSQL's " + theirName + " " + text(theirs) + " never comes: " + ownName + " " + text(own)
                            + " ends the client before",
                    ownName + " above it");
        }
    }

    private void capacity(Facts told) {
        PoolDemand demand = PoolDemand.of(config, server);
        long usable = told.usableConnections();
        String message = "the pools may open " + demand.connections() + " of " + usable + " connections"
                + " (max_connections " + told.number("max_connections") + ", "
                + (told.number("max_connections") - usable) + " reserved; " + told.sessions() + " are open now)";
        String mend = "pools such as " + demand.fitting((long) (usable * TIGHT)) + ", a max_db_connections for each"
                + " database, or max_connections = "
                + (long) Math.ceil(demand.connections() / TIGHT + told.number("max_connections") - usable)
                + " in postgresql.conf";
        if (demand.connections() > usable) {
            diagnosis.fail("capacity", server.toString(), message, mend);
        } else if (demand.connections() > usable * TIGHT) {
            diagnosis.warn(
                    "capacity", server.toString(), message + ": little is left for migrations, backups and psql", mend);
        } else {
            diagnosis.ok("capacity", server.toString(), message);
        }
    }

    private boolean ini() {
        return config.format() == dev.weir.config.ConfigFormat.INI;
    }

    private static String text(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
