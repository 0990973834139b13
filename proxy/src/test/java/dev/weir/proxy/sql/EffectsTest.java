package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which effects are seen in which texts.
final class EffectsTest {
    private static final SqlDialect OLD_STRINGS = new SqlDialect(false, TrailBytes.NONE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ; ;; -- nothing\n ;",
                "SELECT 1",
                "(SELECT 1) UNION ALL (SELECT 2)",
                "TABLE t",
                "UPDATE t SET a = 1 WHERE b = 'SET x = 1'",
                "INSERT INTO t VALUES ($1) ON CONFLICT DO UPDATE SET a = excluded.a",
                "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
                "SELECT 'it''s; SET x = 1'",
                "SELECT \"a\"\"; SET x = 1\"",
                "SELECT /* SET x = 1; /* LISTEN y */ ; DO */ 1",
                "SELECT 1 -- ; SET x = 1",
                "SELECT $$; SET x = 1$$, $a$; $b$ SET $ $a b$ x = 1 $a$",
                "SELECT E'\\'; SET x = 1; ', B'0', X'1F', N'x', U&'\\0061'",
                "SELECT E'a' -- more\n '\\'; SET x = 1'",
                "SELECT a$$, b$c$ FROM t",
                "SELECT 1e5$$; SET x = 1$$, $1$$; SET x = 1$$, 1.$$; SET x=1$$",
                "SELECT set_config FROM pg_advisory_lock",
                "SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1)",
                "SELECT 'set_config(''a'', ''b'', false)'",
                "SELECT myset_config('a', 'b', false), set_config2(1), \"x.set_config\"(1)",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SET CONSTRAINTS ALL DEFERRED",
                "SET CONSTRAINTS \"c\", d IMMEDIATE",
                "EXPLAIN SELECT 1",
                "EXPLAIN (ANALYZE, FORMAT json) SELECT 1",
                "CREATE INDEX CONCURRENTLY i ON t (a)",
                "SELECT setting FROM pg_settings FOR UPDATE",
                "SELECT query_to_xml, ts_stat FROM t",
                "COPY t FROM STDIN",
                "VACUUM FULL t",
                "SHOW x",
                "FETCH ALL FROM c",
                "DECLARE c CURSOR FOR SELECT 1",
                "SELECT a AS execute, b begin, c temp FROM t AS \"set\"",
                "SELECT 1 INTO t",
            })
    void hasNone(String text) {
        assertThat(Scans.names(Scans.effects(text))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        SET x = 1                                                      | SETS
        set SESSION x to 1                                             | SETS
        /* c */ SeT -- d                                               | SETS
        SET "x" = 1                                                    | SETS
        SET a.b = 1                                                    | SETS
        SET local.b = 1                                                | SETS
        SET local = 1                                                  | SETS
        SET transaction.b = 1                                          | SETS
        SET constraints TO 1                                           | SETS
        SET names.b = 1                                                | SETS
        SET timezone.b = 1                                             | SETS
        SET time.b = 1                                                 | SETS
        SET SCHEMA 'a'                                                 | SETS
        SET ROLE x                                                     | SETS
        SET SESSION AUTHORIZATION x                                    | SETS
        SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY           | SETS
        SET XML OPTION DOCUMENT                                        | SETS
        RESET x                                                        | SETS
        RESET ALL                                                      | SETS
        RESET SESSION AUTHORIZATION                                    | SETS
        RESET timezone.b                                               | SETS
        SELECT set_config('a', 'b', false)                             | SETS
        SELECT pg_catalog . "set_config" /* c */ ('a', 'b', $1)        | SETS
        SELECT set_config('a', 'b', true AND false)                    | SETS
        SELECT set_config('a', 'b', NOT true)                          | SETS
        SELECT set_config('a', 'b', 'true')                            | SETS
        SELECT set_config('a', 'b', is_local => true)                  | SETS
        SELECT set_config('a', set_config('b', 'c', true), true)       | SETS SETS_LOCAL
        SELECT set_config('a', 'b'                                     | SETS
        PREPARE p AS SELECT set_config('a', 'b', false)                | SETS PREPARES
        SELECT set_config('a', f(1, true), true)                       | SETS_LOCAL
        SELECT set_config((ARRAY[1, 2])[1], 'b', TRUE), set_config('a', 'b', true) | SETS_LOCAL
        SET LOCAL x = 1                                                | SETS_LOCAL
        SET LOCAL "x" = 1                                              | SETS_LOCAL
        SET LOCAL TIME ZONE 'UTC'                                      | SETS_LOCAL
        SET LOCAL ROLE x                                               | SETS_LOCAL
        SET application_name = 'a'                                     | SETS_REPORTED_ONLY
        SET SESSION Application_Name TO DEFAULT                        | SETS_REPORTED_ONLY
        SET "DateStyle" = ISO, MDY                                     | SETS_REPORTED_ONLY
        SET intervalstyle TO iso_8601                                  | SETS_REPORTED_ONLY
        SET timezone = 'UTC'                                           | SETS_REPORTED_ONLY
        SET TIME ZONE INTERVAL '1' HOUR TO MINUTE                      | SETS_REPORTED_ONLY
        SET SESSION TIME ZONE LOCAL                                    | SETS_REPORTED_ONLY
        SET NAMES 'UTF8'                                               | SETS_REPORTED_ONLY
        SET NAMES                                                      | SETS_REPORTED_ONLY
        SET NAMES DEFAULT                                              | SETS_REPORTED_ONLY
        SET client_encoding TO latin1                                  | SETS_REPORTED_ONLY
        SET standard_conforming_strings = off                          | SETS_REPORTED_ONLY
        RESET application_name                                         | SETS_REPORTED_ONLY
        RESET "TimeZone" ;                                             | SETS_REPORTED_ONLY
        RESET TIME ZONE                                                | SETS_REPORTED_ONLY
        DO $$ BEGIN PERFORM set_config('a', 'b', false); END $$        | OPAQUE
        CALL p(1)                                                      | OPAQUE
        SELECT pg_advisory_lock(1)                                     | LOCKS
        SELECT PG_Try_Advisory_Lock_Shared (1, 2)                      | LOCKS
        SELECT pg_advisory_lock_shared(1), pg_try_advisory_lock(2)     | LOCKS
        SELECT "pg_advisory_lock"(1)                                   | LOCKS
        SELECT pg_advisory_unlock(1)                                   | UNLOCKS
        SELECT pg_advisory_unlock_shared(1)                            | UNLOCKS
        SELECT pg_advisory_unlock_all()                                | UNLOCKS
        CREATE TEMP TABLE t (a int)                                    | TEMP KEEPS_TEMP
        CREATE LOCAL TEMPORARY TABLE IF NOT EXISTS t (a int)           | TEMP KEEPS_TEMP
        CREATE OR REPLACE TEMP VIEW v AS SELECT 1                      | TEMP KEEPS_TEMP
        CREATE TEMP SEQUENCE s                                         | TEMP KEEPS_TEMP
        CREATE TEMP TABLE t (a int) ON COMMIT DROP                      | TEMP
        CREATE TEMP TABLE t (a int) ON COMMIT DELETE ROWS               | TEMP KEEPS_TEMP
        CREATE TEMP TABLE t () ON COMMIT DROP; CREATE TEMP TABLE u ()   | TEMP MANY KEEPS_TEMP
        CREATE TABLE pg_temp.t (a int)                                 | TEMP CHANGES_SCHEMA
        CREATE TABLE "pg_temp_3".t (a int)                             | TEMP CHANGES_SCHEMA
        SELECT 1 INTO TEMP t                                           | TEMP KEEPS_TEMP
        SELECT 1 INTO LOCAL TEMPORARY TABLE t                          | TEMP KEEPS_TEMP
        WITH x AS (SELECT 1) SELECT * INTO temp t FROM x               | TEMP KEEPS_TEMP
        SELECT 1 insert INTO TEMP t                                    | TEMP KEEPS_TEMP
        EXPLAIN ANALYZE CREATE TEMP TABLE t AS SELECT 1                | TEMP KEEPS_TEMP
        DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT 1                 | HOLDS
        LOAD 'auto_explain'                                            | LOADS
        CLOSE c                                                        | RELEASES
        DROP TABLE t                                                   | RELEASES CHANGES_SCHEMA
        DISCARD TEMP                                                   | RELEASES DISCARDS
        DISCARD ALL                                                    | RELEASES DISCARDS
        PREPARE p AS SELECT 1                                          | PREPARES
        PREPARE "p" (int) AS SELECT $1                                 | PREPARES
        PREPARE transaction AS SELECT 1                                | PREPARES ENDS_TRANSACTION
        EXECUTE p(1)                                                   | EXECUTES
        EXPLAIN EXECUTE p                                              | EXECUTES
        EXPLAIN (ANALYZE, BUFFERS) EXECUTE p                           | EXECUTES
        EXPLAIN ANALYSE VERBOSE EXECUTE p                              | EXECUTES
        CREATE TABLE t AS EXECUTE p                                    | EXECUTES CHANGES_SCHEMA
        CREATE TEMP TABLE t (a) ON COMMIT DROP AS EXECUTE p            | TEMP EXECUTES
        DEALLOCATE p                                                   | DEALLOCATES
        DEALLOCATE ALL                                                 | DEALLOCATES
        LISTEN c                                                       | LISTENS
        UNLISTEN *                                                     | LISTENS
        NOTIFY c, 'x'                                                  | NOTIFIES
        SELECT pg_notify('c', 'x')                                     | NOTIFIES
        SELECT * FROM pg_catalog.pg_listening_channels()               | READS_CHANNELS
        CREATE TABLE t (a int)                                         | CHANGES_SCHEMA
        CREATE UNLOGGED TABLE "T" (a int)                              | CHANGES_SCHEMA
        CREATE TYPE t AS (a int)                                       | CHANGES_SCHEMA
        UPDATE pg_settings SET setting = '1' WHERE name = 'work_mem'   | SETS
        UPDATE pg_catalog."pg_settings" SET setting = '1'              | SETS
        WITH x AS (SELECT 1) UPDATE pg_settings SET setting = '1'      | SETS
        PREPARE p AS UPDATE pg_settings SET setting = $1               | SETS PREPARES
        SELECT query_to_xml('SET x = 1', true, false, '')              | OPAQUE
        SELECT * FROM pg_catalog."ts_stat"($1)                         | OPAQUE
        SELECT ts_rewrite(q, 'SELECT 1')                               | OPAQUE
        ALTER TABLE t ADD COLUMN b int                                 | CHANGES_SCHEMA DEFINES
        ALTER "T" x                                                    | CHANGES_SCHEMA DEFINES
        ALTER                                                          | CHANGES_SCHEMA DEFINES
        CREATE OR REPLACE VIEW v AS SELECT 1                           | CHANGES_SCHEMA DEFINES
        CREATE MATERIALIZED VIEW v AS SELECT 1                         | CHANGES_SCHEMA DEFINES
        CREATE RECURSIVE VIEW v (a) AS SELECT 1                        | CHANGES_SCHEMA DEFINES
        CREATE POLICY p ON t USING (f())                               | DEFINES
        CREATE OR REPLACE FUNCTION f() RETURNS int RETURN 1            | OPAQUE CHANGES_SCHEMA DEFINES
        CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'                | OPAQUE CHANGES_SCHEMA DEFINES
        CREATE AGGREGATE a (int) (SFUNC = f, STYPE = int)              | OPAQUE CHANGES_SCHEMA DEFINES
        CREATE TRIGGER t AFTER INSERT ON t EXECUTE FUNCTION f()        | OPAQUE DEFINES
        CREATE CONSTRAINT TRIGGER t AFTER INSERT ON t EXECUTE FUNCTION f() | OPAQUE DEFINES
        CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)        | OPAQUE DEFINES
        CREATE EXTENSION e                                             | OPAQUE CHANGES_SCHEMA DEFINES
        COMMIT                                                         | ENDS_TRANSACTION
        -- c/* END                                                     | ``
        /* c */END WORK                                                | ENDS_TRANSACTION
        PREPARE TRANSACTION 'x'                                        | ENDS_TRANSACTION
        BEGIN                                                          | BEGINS
        START TRANSACTION READ ONLY                                    | BEGINS
        ROLLBACK                                                       | ROLLS_BACK
        ROLLBACK WORK                                                  | ROLLS_BACK
        ABORT TRANSACTION                                              | ROLLS_BACK
        ROLLBACK TO s                                                  | SAVEPOINTS
        ROLLBACK WORK TO SAVEPOINT s                                   | SAVEPOINTS
        SAVEPOINT s                                                    | SAVEPOINTS
        RELEASE s                                                      | SAVEPOINTS
        SELECT 1; SELECT 2                                             | MANY
        ; SELECT 1 ;;                                                  | ``
        BEGIN; SET x = 1; COMMIT                                       | SETS ENDS_TRANSACTION BEGINS MANY
        SELECT 'a                                                      | UNKNOWN_END
        SELECT "a                                                      | UNKNOWN_END
        SELECT 1 /* a /* b */                                          | UNKNOWN_END
        SELECT $a$ $b$                                                 | UNKNOWN_END
        SELECT E'\\'                                                   | UNKNOWN_END
        SELECT '\\' , 1                                                | BACKSLASHES
        SELECT U&"d\\0061t\\+000061"                                   | OPAQUE TEMP
        SELECT u&1; SET x = 1                                          | SETS MANY
        SELECT 1e'\\'; SET x = 1; '                                    | ``
        SELECT 1-- comment                                             | ``
        SELECT 1e--1; SET                                              | ``
        SELECT a+--b; SET x                                            | ``
        SELECT a /-- b; SET x                                          | ``
        SELECT a -/* b; SET x */ 1                                     | ``
        SELECT a //* b; SET x */ 1                                     | ``
        SELECT 'a' - 1; SET x = 1                                      | SETS MANY
        SELECT 'a' -- c */ SET                                         | ``
        SELECT 1 _set; é SET x                                         | MANY
        """)
    void hasThese(String text, String expected) {
        String unescaped = text.replace("\\\\", "\\");
        assertThat(Scans.names(Scans.effects(unescaped))).isEqualTo(expected);
    }

    @Test
    void backslashesHideQuotesWhereTheSettingSaysSo() {
        assertThat(Scans.names(Scans.effects("SELECT '\\'; SET x = 1; '", OLD_STRINGS)))
                .isEqualTo("BACKSLASHES");
        assertThat(Scans.names(Scans.effects("SELECT N'\\'; SET x = 1; '", OLD_STRINGS)))
                .isEqualTo("BACKSLASHES");
        assertThat(Scans.names(Scans.effects("SELECT B'\\'; SET x = 1", OLD_STRINGS)))
                .isEqualTo("SETS MANY");
        assertThat(Scans.names(Scans.effects("SELECT '\\'; SET x = 1 --'"))).isEqualTo("SETS MANY BACKSLASHES");
        assertThat(Scans.names(Scans.effects("SELECT E'\\'; SET x = 1; '", OLD_STRINGS)))
                .isEmpty();
    }

    @Test
    void trailBytesThatLookLikeBackslashesAreNone() {
        byte[] text = latin("SELECT E'\u0083\\'; SET x = 1");
        assertThat(Scans.names(Scans.effects(text, SqlDialect.of("on", "SJIS"))))
                .isEqualTo("SETS MANY");
        assertThat(Scans.names(Scans.effects(text, SqlDialect.of("on", "Big5"))))
                .isEqualTo("SETS MANY");
        assertThat(Scans.names(Scans.effects(text, SqlDialect.of("on", "UTF8"))))
                .isEqualTo("UNKNOWN_END");
        byte[] katakana = latin("SELECT '\u00b1'; SET x = 1");
        assertThat(Scans.names(Scans.effects(katakana, SqlDialect.of("on", "shift_jis"))))
                .isEqualTo("SETS MANY");
        byte[] four = latin("SELECT E'\u00810\u00810'; SET x = 1");
        assertThat(Scans.names(Scans.effects(four, SqlDialect.of("on", "gb18030"))))
                .isEqualTo("SETS MANY");
    }

    private static byte[] latin(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Test
    void tagsOfDollarQuotesBeyondAllReasonAreNotUnderstood() {
        String tag = "$" + "t".repeat(DollarQuote.TAG_MAX) + "$";
        assertThat(Scans.effects("SELECT " + tag + "; SET x = 1" + tag)).isZero();
        String longer = "$t" + tag.substring(1);
        int effects = Scans.effects("SELECT " + longer + "; SET x = 1" + longer);
        assertThat(effects).isEqualTo(Effects.ANYTHING | Effects.UNKNOWN_END);
    }

    @Test
    void everyBitIsOneOfItsOwn() {
        Set<Integer> bits = new HashSet<>();
        IntUnaryOperator lowest = Integer::lowestOneBit;
        int[] all = Arrays.stream(Effects.class.getFields())
                .mapToInt(field -> Scans.bit(field.getName()))
                .filter(bit -> bit != Effects.ANYTHING)
                .toArray();
        IntStream.of(all).forEach(bit -> {
            assertThat(lowest.applyAsInt(bit)).isEqualTo(bit);
            assertThat(bits.add(bit)).isTrue();
        });
    }
}
