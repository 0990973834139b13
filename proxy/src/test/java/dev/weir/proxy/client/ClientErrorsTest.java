package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Compatibility;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ClientErrorsTest {

    private static final ClientErrors WEIR = new ClientErrors(Compatibility.WEIR);
    private static final ClientErrors PGBOUNCER = new ClientErrors(Compatibility.PGBOUNCER);

    private static Arguments row(Function<ClientErrors, PgError> error, String sqlState, String pgBouncerText) {
        return Arguments.of(error, sqlState, pgBouncerText);
    }

    static List<Arguments> errors() {
        return List.of(
                row(ClientErrors::noUser, "28000", "no username supplied"),
                row(
                        errors -> errors.tooManyClients("max_client_conn"),
                        "53300",
                        "no more connections allowed (max_client_conn)"),
                row(
                        errors -> errors.tooManyClients("max_db_client_connections"),
                        "53300",
                        "client connections exceeded (max_db_client_connections)"),
                row(errors -> errors.outOfMemory("why"), "53200", "out of memory"),
                row(errors -> errors.noSuchDatabase("db"), "3D000", "no such database: db"),
                row(errors -> errors.databaseDisabled("db"), "57P03", "database \"db\" is disabled"),
                row(ClientErrors::databaseRemoved, "57P01", "database removed"),
                row(ClientErrors::shuttingDown, "57P03", "pooler is shutting down"),
                row(ClientErrors::serverShuttingDown, "57P01", "server shutting down"),
                row(errors -> errors.loginTimeout(false), "28000", "client_login_timeout"),
                row(errors -> errors.loginTimeout(true), "08006", "client_login_timeout (server down)"),
                row(errors -> errors.queryWaitTimeout("why"), "53300", "query_wait_timeout"),
                row(errors -> errors.queryTimeout(false), "57014", "query timeout"),
                row(errors -> errors.queryTimeout(true), "57014", "query_timeout"),
                row(ClientErrors::idleTransactionTimeout, "25P03", "idle transaction timeout"),
                row(ClientErrors::transactionTimeout, "25P04", "transaction timeout"),
                row(ClientErrors::idleTimeout, "57P05", "client_idle_timeout"),
                row(errors -> errors.serverLost("why"), "08006", "why"),
                row(ClientErrors::databaseChanged, "57P01", "database configuration changed"),
                row(
                        ClientErrors::transactionBlock,
                        "0A000",
                        "transaction blocks not allowed in statement pooling mode"),
                row(ClientErrors::simpleQueryDisallowed, "0A000", "PQexec disallowed"),
                row(ClientErrors::killed, "57P01", "admin forced disconnect"),
                row(ClientErrors::misconfigured, "XX000", "bouncer config error"),
                row(ClientErrors::consoleNotAllowed, "28000", "not allowed"),
                row(
                        errors -> errors.unsupportedOptions("-F"),
                        "0A000",
                        "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void haveCodesOfTheirOwnOrPgBouncersTexts(
            Function<ClientErrors, PgError> error, String sqlState, String pgBouncerText) {
        PgError own = error.apply(WEIR);
        PgError pgBouncers = error.apply(PGBOUNCER);

        assertThat(own.sqlState()).isEqualTo(sqlState);
        assertThat(own.endsSession()).isTrue();
        assertThat(pgBouncers.sqlState()).isEqualTo("08P01");
        assertThat(pgBouncers.message()).isEqualTo(pgBouncerText);
        assertThat(pgBouncers.endsSession()).isTrue();
    }

    @Test
    void aWaitInVainIsExplained() {
        assertThat(WEIR.queryWaitTimeout("1 of 1 servers in use").detail()).isEqualTo("1 of 1 servers in use");
        assertThat(PGBOUNCER.queryWaitTimeout("1 of 1 servers in use").detail()).isEqualTo("1 of 1 servers in use");
        assertThat(WEIR.serverLost("connection reset").detail()).contains("connection reset");
    }

    @Test
    void aRefusedSettingIsToldInPostgresWordsOrPgBouncers() {
        PgError cause = PgError.error(SqlState.INVALID_PARAMETER_VALUE, "invalid value for parameter \"TimeZone\"");

        assertThat(WEIR.settingsRefused(cause)).isEqualTo(cause.withSeverity(PgError.Severity.FATAL));
        assertThat(PGBOUNCER.settingsRefused(cause).sqlState()).isEqualTo("08P01");
        assertThat(PGBOUNCER.settingsRefused(cause).message()).isEqualTo("invalid server parameter");
        assertThat(PGBOUNCER.settingsRefused(cause).detail()).isEqualTo(cause.message());
    }
}
