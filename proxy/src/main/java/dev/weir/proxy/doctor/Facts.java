package dev.weir.proxy.doctor;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// What a server says of itself to one login. Immutable.
///
/// @param settings as `pg_settings` has them, in their base units; those that the version does not have are missing
/// @param sessions client sessions that are open now
/// @param clockSeconds its clock, since 1970
/// @param standby whether it is in recovery
/// @param superuser whether the login is a superuser's
/// @param roleLimit connections that the role may have; negative for no limit
/// @param databaseLimit connections that the database may have; negative for no limit
/// @param askedNanos how long the question for the clock took
record Facts(
        Map<String, String> settings,
        long sessions,
        double clockSeconds,
        boolean standby,
        boolean superuser,
        long roleLimit,
        long databaseLimit,
        long askedNanos) {

    private static final String SETTINGS = """
        SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('server_version', 'server_version_num',
        'max_connections', 'superuser_reserved_connections', 'reserved_connections', 'statement_timeout',
        'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')\
        """;

    private static final String STATE = """
        SELECT (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend'),
        pg_catalog.pg_is_in_recovery(), rolsuper, rolconnlimit,
        (SELECT datconnlimit FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        FROM pg_catalog.pg_roles WHERE rolname = current_user\
        """;

    private static final String CLOCK = "SELECT extract(epoch FROM pg_catalog.clock_timestamp())";

    /// Asks.
    static Facts ask(Probe probe) throws ProbeFailed {
        try {
            Facts facts = read(probe);
            facts.settings().keySet().stream()
                    .filter(setting -> !setting.equals("server_version"))
                    .forEach(facts::number);
            return facts;
        } catch (NumberFormatException | IndexOutOfBoundsException | NoSuchElementException e) {
            throw new ProbeFailed(
                    ProbeFailed.Stage.QUERY, "what the server tells of itself makes no sense: " + e.getMessage());
        }
    }

    private static Facts read(Probe probe) throws ProbeFailed {
        Map<String, String> settings = new HashMap<>();
        for (List<@Nullable String> row : probe.rows(SETTINGS)) {
            settings.put(String.valueOf(row.get(0)), String.valueOf(row.get(1)));
        }
        List<@Nullable String> state = probe.rows(STATE).getFirst();
        long began = System.nanoTime();
        List<@Nullable String> clock = probe.rows(CLOCK).getFirst();
        long asked = System.nanoTime() - began;
        return new Facts(
                settings,
                parsed(state.get(0)),
                Double.parseDouble(String.valueOf(clock.getFirst())),
                "t".equals(state.get(1)),
                "t".equals(state.get(2)),
                parsed(state.get(3)),
                parsed(state.get(4)),
                asked);
    }

    private static long parsed(@Nullable String text) {
        return text == null ? -1 : Integer.parseInt(text);
    }

    /// A setting's value; 0 where there is no such setting.
    long number(String setting) {
        return Integer.parseInt(settings.getOrDefault(setting, "0"));
    }

    /// A timeout; zero for none.
    Duration timeout(String setting) {
        return Duration.ofMillis(number(setting));
    }

    /// Sessions that ordinary roles may have.
    long usableConnections() {
        return number("max_connections") - number("superuser_reserved_connections") - number("reserved_connections");
    }
}
