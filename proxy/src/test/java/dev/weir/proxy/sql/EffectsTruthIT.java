package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every statement that leaves something behind in a session of PostgreSQL has the bit that says so.
final class EffectsTruthIT {
    private static final int[] VERSIONS = {15, 18};

    /// What can be seen of a session's state.
    enum State {
        SETTINGS("SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings"
                + " UNION ALL SELECT concat_ws('/', current_user, session_user, current_setting('role'),"
                + " current_setting('weir.x', true))"),
        LOCKS("SELECT mode, objid, count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
                + " GROUP BY 1, 2 ORDER BY 1, 2"),
        CHANNELS("SELECT pg_listening_channels() ORDER BY 1"),
        STATEMENTS("SELECT name FROM pg_prepared_statements WHERE from_sql ORDER BY 1"),
        CURSORS("SELECT name FROM pg_cursors WHERE is_holdable ORDER BY 1"),
        TEMPORARY("SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v', 'S')"
                + " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = pg_my_temp_schema() ORDER BY 1");

        private final String query;

        State(String query) {
            this.query = query;
        }
    }

    private static Map<State, String> look(RawClient client) {
        Map<State, String> states = new LinkedHashMap<>();
        for (State state : State.values()) {
            states.put(state, client.rows(state.query).toString());
        }
        return states;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        SET work_mem = '5MB'                                             || SETTINGS | SETS
        SET SESSION work_mem TO 5000                                     || SETTINGS | SETS
        SET weir.x = 'a'                                                 || SETTINGS | SETS
        SET local.x = 'a'; SET weir.x = 'b'                              || SETTINGS | SETS
        SET SCHEMA 'x'                                                   || SETTINGS | SETS
        SET SEED TO 0.5; SET seed = 0.1; SET work_mem = '6MB'            || SETTINGS | SETS
        SET XML OPTION DOCUMENT                                          || SETTINGS | SETS
        SET ROLE app                                                     || SETTINGS | SETS
        SET SESSION AUTHORIZATION app                                    || SETTINGS | SETS
        SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY             || SETTINGS | SETS
        SELECT set_config('work_mem', '5MB', false)                      || SETTINGS | SETS
        SELECT pg_catalog."set_config" /**/ ('weir.x', 'b', 1 = 2)       || SETTINGS | SETS
        SELECT * FROM set_config('weir.x', 'b', NOT true)                || SETTINGS | SETS
        SELECT U&"\\0073et_config"('weir.x', 'b', false)                 || SETTINGS | OPAQUE
        EXPLAIN ANALYZE SELECT set_config('weir.x', 'b', false)          || SETTINGS | SETS
        RESET work_mem                     | SET work_mem = '5MB'         | SETTINGS | SETS
        RESET ALL                          | SET work_mem = '5MB'         | SETTINGS | SETS
        RESET SESSION AUTHORIZATION        | SET SESSION AUTHORIZATION app | SETTINGS | SETS
        SET application_name = 'a'                                       || SETTINGS | SETS_REPORTED_ONLY
        SET SESSION "APPLICATION_name" TO b                              || SETTINGS | SETS_REPORTED_ONLY
        SET client_encoding = 'latin1'                                   || SETTINGS | SETS_REPORTED_ONLY
        SET NAMES 'latin1'                                               || SETTINGS | SETS_REPORTED_ONLY
        SET NAMES                          | SET NAMES 'latin1'           | SETTINGS | SETS_REPORTED_ONLY
        SET DateStyle = 'German'                                         || SETTINGS | SETS_REPORTED_ONLY
        SET intervalstyle TO iso_8601                                    || SETTINGS | SETS_REPORTED_ONLY
        SET TimeZone = 'Asia/Tokyo'                                      || SETTINGS | SETS_REPORTED_ONLY
        SET TIME ZONE -7                                                 || SETTINGS | SETS_REPORTED_ONLY
        SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE                   || SETTINGS | SETS_REPORTED_ONLY
        RESET TIME ZONE                    | SET TIME ZONE -7             | SETTINGS | SETS_REPORTED_ONLY
        SET standard_conforming_strings = off                            || SETTINGS | SETS_REPORTED_ONLY
        DO $$ BEGIN PERFORM set_config('weir.x', 'b', false); END $$     || SETTINGS | OPAQUE
        CALL p() | CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''weir.x'', ''b'', false); END' | SETTINGS | OPAQUE
        LOAD 'plpgsql'                                                   || SETTINGS | LOADS
        DISCARD ALL                        | SET work_mem = '5MB'         | SETTINGS | DISCARDS
        EXECUTE e                          | PREPARE e AS SELECT set_config('weir.x', 'b', false) | SETTINGS | EXECUTES
        EXPLAIN (ANALYZE, COSTS off) EXECUTE e | PREPARE e AS SELECT set_config('weir.x', 'b', false) | SETTINGS | EXECUTES
        CREATE TEMP TABLE t AS EXECUTE e   | PREPARE e AS SELECT set_config('weir.x', 'b', false) | SETTINGS | EXECUTES
        SELECT pg_advisory_lock(1)                                       || LOCKS | LOCKS
        SELECT pg_advisory_lock_shared(1, 2)                             || LOCKS | LOCKS
        SELECT pg_try_advisory_lock(1)                                   || LOCKS | LOCKS
        SELECT "pg_catalog" . PG_TRY_advisory_lock_shared (1)            || LOCKS | LOCKS
        SELECT pg_advisory_unlock(1)       | SELECT pg_advisory_lock(1)   | LOCKS | UNLOCKS
        SELECT pg_advisory_unlock_shared(1) | SELECT pg_advisory_lock_shared(1) | LOCKS | UNLOCKS
        SELECT pg_advisory_unlock_all()    | SELECT pg_advisory_lock(1)   | LOCKS | UNLOCKS
        DISCARD ALL                        | SELECT pg_advisory_lock(1)   | LOCKS | DISCARDS
        CREATE TEMP TABLE t (a int)                                      || TEMPORARY | TEMP
        CREATE GLOBAL TEMPORARY TABLE t AS SELECT 1                      || TEMPORARY | TEMP
        CREATE TABLE pg_temp.t (a int)                                   || TEMPORARY | TEMP
        CREATE OR REPLACE TEMP VIEW v AS SELECT 1                        || TEMPORARY | TEMP
        CREATE VIEW "pg_temp".v AS SELECT 1                              || TEMPORARY | TEMP
        CREATE TEMP SEQUENCE s                                           || TEMPORARY | TEMP
        CREATE FUNCTION pg_temp.f() RETURNS int RETURN 1                 || TEMPORARY | TEMP
        SELECT 1 AS a INTO TEMP t                                        || TEMPORARY | TEMP
        WITH x AS (SELECT 1 AS a) SELECT a INTO LOCAL TEMPORARY TABLE t FROM x || TEMPORARY | TEMP
        SELECT 1 insert INTO TEMP t                                      || TEMPORARY | TEMP
        EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT 1                  || TEMPORARY | TEMP
        DROP TABLE t                       | CREATE TEMP TABLE t (a int)  | TEMPORARY | RELEASES
        DISCARD TEMP                       | CREATE TEMP TABLE t (a int)  | TEMPORARY | RELEASES
        DECLARE c CURSOR WITH HOLD FOR SELECT 1                          || CURSORS | HOLDS
        DECLARE "c" BINARY NO SCROLL CURSOR WITH /**/ HOLD FOR SELECT 1  || CURSORS | HOLDS
        CLOSE c                            | DECLARE c CURSOR WITH HOLD FOR SELECT 1 | CURSORS | RELEASES
        DISCARD ALL                        | DECLARE c CURSOR WITH HOLD FOR SELECT 1 | CURSORS | RELEASES
        PREPARE p AS SELECT 1                                            || STATEMENTS | PREPARES
        PREPARE transaction (int) AS SELECT $1                           || STATEMENTS | PREPARES
        DEALLOCATE p                       | PREPARE p AS SELECT 1        | STATEMENTS | DEALLOCATES
        DEALLOCATE PREPARE ALL             | PREPARE p AS SELECT 1        | STATEMENTS | DEALLOCATES
        DISCARD ALL                        | PREPARE p AS SELECT 1        | STATEMENTS | DISCARDS
        LISTEN c                                                         || CHANNELS | LISTENS
        UNLISTEN c                         | LISTEN c                     | CHANNELS | LISTENS
        UNLISTEN *                         | LISTEN c                     | CHANNELS | LISTENS
        """)
    void whatAStatementLeavesBehindIsInItsBits(String text, @Nullable String before, State changes, String bit) {
        for (int version : VERSIONS) {
            try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
                if (before != null) {
                    client.run(before);
                }
                Map<State, String> was = look(client);
                client.run(text);
                Map<State, String> is = look(client);
                assertThat(is.get(changes)).as("%s on %d", text, version).isNotEqualTo(was.get(changes));
            }
            assertThat(Scans.effects(text) & Scans.bit(bit)).as(text).isNotZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'SET work_mem = 1000'",
                "SELECT 1 AS set_config, 2 AS pg_advisory_lock",
                "SELECT $$; LISTEN x; $$ /* ; LISTEN y */ -- ; LISTEN z",
                "SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(2)",
                "EXPLAIN SELECT 1",
                "SELECT a AS execute, b AS begin FROM (VALUES (1, 2)) AS \"set\"(a, b)",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SET CONSTRAINTS ALL DEFERRED",
                "SHOW work_mem",
                "VALUES (1), (2)",
                "TABLE pg_am",
            })
    void whatHasNoBitsLeavesNothingBehind(String text) {
        assertThat(Scans.names(Scans.effects(text))).isEmpty();
        for (int version : VERSIONS) {
            try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
                client.run("SET client_min_messages = error");
                Map<State, String> was = look(client);
                client.run(text);
                assertThat(look(client)).as("%s on %d", text, version).isEqualTo(was);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET LOCAL work_mem = '5MB'",
                "SET LOCAL ROLE app",
                "SET LOCAL TIME ZONE -7",
                "SET LOCAL SESSION AUTHORIZATION app",
                "SELECT set_config('weir.x', 'b', true)",
                "SELECT set_config('weir.x', concat('b', 'c'), TRUE)",
            })
    void whatIsLocalEndsWithTheTransaction(String text) {
        assertThat(Scans.names(Scans.effects(text))).isEqualTo("SETS_LOCAL");
        for (int version : VERSIONS) {
            try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
                // an empty value is what stays of a placeholder
                client.run("SET weir.x = ''");
                Map<State, String> was = look(client);
                client.run("BEGIN").run(text);
                assertThat(look(client)).as(text).isNotEqualTo(was);
                client.run("COMMIT");
                assertThat(look(client)).as(text).isEqualTo(was);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void reservedWordsAreThoseOfTheServer(int version) {
        try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
            List<String> reserved =
                    client.rows("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY 1").stream()
                            .map(row -> Objects.requireNonNull(row.getFirst()))
                            .toList();
            assertThat(reserved).allMatch(ReservedWords::contain).hasSizeGreaterThan(90);
            List<String> others =
                    client
                            .rows("SELECT word FROM pg_get_keywords() WHERE catcode NOT IN ('R', 'T') ORDER BY 1")
                            .stream()
                            .map(row -> Objects.requireNonNull(row.getFirst()))
                            .filter(ReservedWords::contain)
                            .toList();
            assertThat(others).isSubsetOf("system_user", "concurrently");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Foo",
                "\"Foo\"",
                "\"a\"\"b; c\"",
                "foo_1$2",
                "transaction",
                "\"é ü\"",
                "names",
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"
            })
    void namesAreThoseThatTheServerKnows(String written) {
        for (int version : VERSIONS) {
            try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
                client.run("SET client_min_messages = error");
                client.run("LISTEN " + written).run("PREPARE " + written + " AS SELECT 1");
                String name = client.value("SELECT pg_listening_channels()");
                assertThat(single("LISTEN " + written)).isEqualTo(new SqlStatement.Listen(name));
                assertThat(client.value("SELECT name FROM pg_prepared_statements WHERE from_sql"))
                        .isEqualTo(name);
                assertThat(single("DEALLOCATE " + written))
                        .isInstanceOfSatisfying(
                                SqlStatement.Deallocate.class,
                                deallocate -> assertThat(deallocate.name()).isEqualTo(name));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET work_mem = '5MB'",
                "SET search_path = a, \"B c\", 'd, e'",
                "SET search_path TO ''",
                "SET SCHEMA 'a b'",
                "SET TIME ZONE -7",
                "SET TIME ZONE 'Asia/Tokyo'",
                "SET NAMES 'latin1'",
                "SET ROLE app",
                "SET ROLE \"app\"",
                "SET SESSION AUTHORIZATION 'app'",
                "SET weir.X = $$a'b$$",
                "SET weir.x = E'a\\'b'",
                "SET seq_page_cost = 1.5e1",
                "SET DateStyle = ISO, DMY",
                "SET enable_seqscan TO off",
                "SET \"Weir\".\"X\" = 'a' -- c"
            })
    void settingsCanBeRepeatedByNameAndValue(String text) {
        SqlStatement.SetPlain set = (SqlStatement.SetPlain) single(text);
        for (int version : VERSIONS) {
            try (RawClient one = TestPostgres.shared(version).superuser(Accounts.DATABASE);
                    RawClient other = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
                one.run(text);
                other.run("SET " + set.name() + " TO " + set.value());
                assertThat(look(other).get(State.SETTINGS)).isEqualTo(look(one).get(State.SETTINGS));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NOTIFY c", "NOTIFY c, 'it''s'", "NOTIFY \"c\", $x$a'$b$x$", "NOTIFY C, 'a\\b'"})
    void notificationsArriveAsTheyWereUnderstood(String text) {
        SqlStatement.Notify understood = (SqlStatement.Notify) single(text);
        for (int version : VERSIONS) {
            try (RawClient client = TestPostgres.shared(version).superuser(Accounts.DATABASE)) {
                client.run("LISTEN c");
                Message arrived = client.query(text).stream()
                        .filter(message -> message.type() == 'A')
                        .findFirst()
                        .orElseThrow();
                String body = new String(arrived.body(), 4, arrived.body().length - 4, StandardCharsets.UTF_8);
                assertThat(body).isEqualTo(understood.channel() + "\0" + understood.payload() + "\0");
            }
        }
    }

    private static SqlStatement single(String text) {
        return SqlStatements.single(text.getBytes(StandardCharsets.UTF_8), SqlDialect.USUAL);
    }
}
