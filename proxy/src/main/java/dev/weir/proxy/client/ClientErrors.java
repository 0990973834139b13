package dev.weir.proxy.client;

import dev.weir.config.Compatibility;
import dev.weir.config.access.LoginFacts;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * What clients are told when Weir itself ends or refuses something: PostgreSQL's SQLSTATEs, or in PgBouncer's compatibility
 * its texts under 08P01, which scripts look for. Immutable.
 */
public final class ClientErrors {

    private final boolean pgBouncer;

    public ClientErrors(Compatibility compatibility) {
        this.pgBouncer = compatibility == Compatibility.PGBOUNCER;
    }

    /** A FATAL error; in PgBouncer's compatibility always under 08P01. */
    private PgError fatal(SqlState state, String message, String pgBouncerMessage) {
        return pgBouncer ? PgError.fatal(SqlState.PROTOCOL_VIOLATION, pgBouncerMessage) : PgError.fatal(state, message);
    }

    boolean isPgBouncer() {
        return pgBouncer;
    }

    PgError noUser() {
        return fatal(
                SqlState.INVALID_AUTHORIZATION,
                "no PostgreSQL user name specified in startup packet",
                "no username supplied");
    }

    PgError encryptionRequired() {
        return fatal(SqlState.INVALID_AUTHORIZATION, "SSL required", "SSL required")
                .withHint("Connect with sslmode=require, verify-ca or verify-full.");
    }

    PgError tooManyClients(String setting) {
        return fatal(
                SqlState.TOO_MANY_CONNECTIONS,
                "sorry, too many clients already (" + setting + ")",
                setting.equals("max_client_conn")
                        ? "no more connections allowed (max_client_conn)"
                        : "client connections exceeded (" + setting + ")");
    }

    PgError outOfMemory(String shortage) {
        return fatal(SqlState.OUT_OF_MEMORY, "out of memory", "out of memory").withDetail(shortage);
    }

    PgError noSuchDatabase(String database) {
        return fatal(
                SqlState.INVALID_CATALOG_NAME,
                "database \"" + database + "\" does not exist",
                "no such database: " + database);
    }

    PgError databaseDisabled(String database) {
        return fatal(
                SqlState.CANNOT_CONNECT_NOW,
                "database \"" + database + "\" is disabled",
                "database \"" + database + "\" is disabled");
    }

    /** See the text. */
    public PgError databaseRemoved() {
        return fatal(SqlState.ADMIN_SHUTDOWN, "database removed", "database removed");
    }

    PgError shuttingDown() {
        return fatal(SqlState.CANNOT_CONNECT_NOW, "pooler is shutting down", "pooler is shutting down");
    }

    /** See the text. */
    public PgError serverShuttingDown() {
        return fatal(SqlState.ADMIN_SHUTDOWN, "server shutting down", "server shutting down");
    }

    /** PostgreSQL's own words, whatever the compatibility: drivers and frameworks know them as a reason to connect anew. */
    public static PgError draining() {
        return PgError.fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }

    PgError loginTimeout(boolean serverDown) {
        String text = serverDown ? "client_login_timeout (server down)" : "client_login_timeout";
        return fatal(
                serverDown ? SqlState.CONNECTION_FAILURE : SqlState.INVALID_AUTHORIZATION,
                serverDown ? text : "canceling authentication due to timeout (client_login_timeout)",
                text);
    }

    PgError queryWaitTimeout(String detail) {
        return fatal(SqlState.TOO_MANY_CONNECTIONS, "query_wait_timeout", "query_wait_timeout")
                .withDetail(detail);
    }

    PgError queryTimeout(boolean queued) {
        return fatal(
                SqlState.QUERY_CANCELED,
                "canceling statement due to query timeout",
                queued ? "query_timeout" : "query timeout");
    }

    PgError idleTransactionTimeout() {
        return fatal(
                SqlState.IDLE_IN_TRANSACTION,
                "terminating connection due to idle transaction timeout",
                "idle transaction timeout");
    }

    PgError transactionTimeout() {
        return fatal(
                SqlState.TRANSACTION_TIMEOUT,
                "terminating connection due to transaction timeout",
                "transaction timeout");
    }

    PgError idleTimeout() {
        return fatal(SqlState.IDLE_SESSION, "terminating connection due to client idle timeout", "client_idle_timeout");
    }

    PgError serverLost(String reason) {
        return fatal(SqlState.CONNECTION_FAILURE, "server closed the connection unexpectedly", reason)
                .withDetail("The connection between the pooler and PostgreSQL ended: " + reason + ".");
    }

    PgError settingsRefused(PgError cause) {
        PgError error = pgBouncer
                ? PgError.fatal(SqlState.PROTOCOL_VIOLATION, "invalid server parameter")
                : cause.withSeverity(PgError.Severity.FATAL);
        return pgBouncer ? error.withDetail(cause.message()) : error;
    }

    PgError databaseChanged() {
        return fatal(SqlState.ADMIN_SHUTDOWN, "database configuration changed", "database configuration changed");
    }

    PgError transactionBlock() {
        return fatal(
                SqlState.FEATURE_NOT_SUPPORTED,
                "transaction blocks not allowed in statement pooling mode",
                "transaction blocks not allowed in statement pooling mode");
    }

    PgError simpleQueryDisallowed() {
        return fatal(SqlState.FEATURE_NOT_SUPPORTED, "PQexec disallowed", "PQexec disallowed");
    }

    /** See the text. */
    public PgError killed() {
        return fatal(SqlState.ADMIN_SHUTDOWN, "admin forced disconnect", "admin forced disconnect");
    }

    /** See the text. */
    public PgError suspendTimeout() {
        return fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection due to suspend_timeout", "suspend_timeout");
    }

    PgError authDatabaseDisabled(String database) {
        String text = "authentication database \"" + database + "\" is disabled";
        return fatal(SqlState.CANNOT_CONNECT_NOW, text, text);
    }

    /** Only PgBouncer tells before a password was asked for. */
    PgError noSuchUser() {
        return fatal(SqlState.INVALID_AUTHORIZATION, "no such user", "no such user");
    }

    /** @param refusal PostgreSQL's, if it does not let the asker in */
    PgError authQueryFailed(@Nullable PgError refusal) {
        return refusal != null && pgBouncer ? refusal.withSeverity(PgError.Severity.FATAL) : misconfigured();
    }

    PgError noHbaRule(LoginFacts facts) {
        return fatal(
                SqlState.INVALID_AUTHORIZATION,
                "no pg_hba.conf entry for " + described(facts),
                "no authentication method is found");
    }

    PgError rejectedByRule(LoginFacts facts) {
        return fatal(
                SqlState.INVALID_AUTHORIZATION,
                "pg_hba.conf rejects connection for " + described(facts),
                "login rejected");
    }

    private static String described(LoginFacts facts) {
        String host = facts.address() == null ? "[local]" : facts.address().getHostAddress();
        String where = facts.physicalReplication()
                ? "replication connection from host \"" + host + "\", user \"" + facts.user() + "\""
                : "host \"" + host + "\", user \"" + facts.user() + "\", database \"" + facts.database() + "\"";
        return where + (facts.encrypted() ? ", SSL encryption" : ", no encryption");
    }

    PgError certificateFailed(String user) {
        return methodFailed("certificate", user, "certificate authentication failed");
    }

    PgError peerFailed(String user) {
        return methodFailed("Peer", user, "unix socket login rejected");
    }

    PgError ldapFailed(String user) {
        return methodFailed("LDAP", user, "LDAP authentication failed");
    }

    PgError pamFailed(String user) {
        return methodFailed("PAM", user, "PAM authentication failed");
    }

    private PgError methodFailed(String method, String user, String pgBouncerMessage) {
        return fatal(
                SqlState.INVALID_AUTHORIZATION,
                method + " authentication failed for user \"" + user + "\"",
                pgBouncerMessage);
    }

    PgError ldapOptionsMissing() {
        return fatal(SqlState.INTERNAL_ERROR, "auth_ldap_options is null", "auth_ldap_options is null");
    }

    PgError emptyPassword() {
        String text = "empty password returned by client";
        return fatal(SqlState.INVALID_PASSWORD, text, text);
    }

    PgError tooManyChecks(String what) {
        return fatal(
                SqlState.TOO_MANY_CONNECTIONS,
                "too many logins wait for " + what + " already",
                "bouncer resources exhaustion");
    }

    PgError misconfigured() {
        return fatal(SqlState.INTERNAL_ERROR, "bouncer config error", "bouncer config error");
    }

    PgError consoleNotAllowed() {
        return fatal(SqlState.INVALID_AUTHORIZATION, "not allowed", "not allowed");
    }

    PgError unsupportedOptions(String word) {
        return fatal(
                SqlState.FEATURE_NOT_SUPPORTED,
                "unsupported switch in startup parameter \"options\": " + word,
                "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed");
    }
}
