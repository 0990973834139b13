package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.sql.SqlStatement.SetPlain;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What single statements say.
final class SqlStatementsTest {
    private static SqlStatement single(String text) {
        return SqlStatements.single(text.getBytes(StandardCharsets.UTF_8), SqlDialect.USUAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        DEALLOCATE Foo                        | Deallocate[name=foo, nameStart=11, nameEnd=14]
        DEALLOCATE PREPARE "Fo""o";           | Deallocate[name=Fo"o, nameStart=19, nameEnd=26]
        DEALLOCATE prepare                    | Deallocate[name=prepare, nameStart=11, nameEnd=18]
        DEALLOCATE ALL                        | DeallocateAll[]
        /* a */ deallocate prepare all -- b   | DeallocateAll[]
        DISCARD ALL;                          | DiscardAll[]
        LISTEN Foo_1$é                        | Other[]
        LISTEN "é"                            | Listen[channel=é]
        listen "Foo Bar"                      | Listen[channel=Foo Bar]
        UNLISTEN *                            | UnlistenAll[]
        UNLISTEN c                            | Unlisten[channel=c]
        NOTIFY c                              | Notify[channel=c, payload=]
        NOTIFY c, 'it''s'                     | Notify[channel=c, payload=it's]
        NOTIFY c, $a$x'$b$a$                  | Notify[channel=c, payload=x'$b]
        NOTIFY c, $$x$$                       | Notify[channel=c, payload=x]
        RESET Foo                             | Reset[name=foo]
        RESET "Foo".Bar                       | Reset[name=foo.bar]
        RESET ALL                             | ResetAll[]
        RESET TIME ZONE                       | Reset[name=timezone]
        RESET SESSION AUTHORIZATION           | Reset[name=session_authorization]
        RESET ROLE                            | Reset[name=role]
        BEGIN                                 | Begin[]
        BEGIN WORK ISOLATION LEVEL REPEATABLE READ, READ ONLY, NOT DEFERRABLE | Begin[]
        START TRANSACTION READ WRITE          | Begin[]
        COMMIT                                | Commit[]
        END TRANSACTION                       | Commit[]
        COMMIT AND NO CHAIN                   | Commit[]
        ROLLBACK                              | Rollback[]
        ABORT WORK                            | Rollback[]
        ROLLBACK TO s                         | RollbackTo[name=s]
        ROLLBACK WORK TO SAVEPOINT "S"        | RollbackTo[name=S]
        SAVEPOINT s                           | Savepoint[name=s]
        RELEASE SAVEPOINT s                   | Release[name=s]
        RELEASE savepoint                     | Release[name=savepoint]
        PREPARE p AS SELECT 1;                | Prepare[name=p, nameStart=8, nameEnd=9, end=21]
        PREPARE "P"(int) AS SELECT $1 -- c    | Prepare[name=P, nameStart=8, nameEnd=11, end=29]
        PREPARE transaction AS SELECT 1       | Prepare[name=transaction, nameStart=8, nameEnd=19, end=31]
        /**/EXECUTE p                         | Execute[name=p, nameStart=12, nameEnd=13, end=13]
        EXECUTE p (1, 'a') ;                  | Execute[name=p, nameStart=8, nameEnd=9, end=18]
        EXPLAIN EXECUTE p                     | Execute[name=p, nameStart=16, nameEnd=17, end=17]
        CREATE TABLE t AS EXECUTE p(1)        | Execute[name=p, nameStart=26, nameEnd=27, end=30]
        """)
    void areUnderstood(String text, String expected) {
        assertThat(single(text)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
        SET x = 1                          | x                     | 1               | false
        SET SESSION X TO -1.5e3            | x                     | -1.5e3          | false
        SET LOCAL a.B = 'c d' ;            | a.b                   | 'c d'           | true
        SET local.b = on                   | local.b               | on              | false
        SET "Search_Path" = a, "B", 'c'--x | search_path           | a, "B", 'c'     | false
        SET x TO DEFAULT                   | x                     | -               | false
        SET LOCAL x = default              | x                     | -               | true
        SET sort_mem = '1MB'               | work_mem              | '1MB'           | false
        SET TIME ZONE 'UTC'                | timezone              | 'UTC'           | false
        SET LOCAL TIME ZONE -7             | timezone              | -7              | true
        SET TIME ZONE LOCAL                | timezone              | -               | false
        SET TIME ZONE DEFAULT              | timezone              | -               | false
        SET NAMES 'latin1'                 | client_encoding       | 'latin1'        | false
        SET NAMES                          | client_encoding       | -               | false
        SET SESSION NAMES DEFAULT          | client_encoding       | -               | false
        SET SCHEMA 'a'                     | search_path           | 'a'             | false
        SET ROLE "R"                       | role                  | "R"             | false
        SET LOCAL ROLE none                | role                  | none            | true
        SET role TO r                      | role                  | r               | false
        SET SESSION AUTHORIZATION 'r'      | session_authorization | 'r'             | false
        SET LOCAL SESSION AUTHORIZATION r  | session_authorization | r               | true
        SET SESSION AUTHORIZATION DEFAULT  | session_authorization | -               | false
        """)
    void setSettings(String text, String name, @org.jspecify.annotations.Nullable String value, boolean local) {
        assertThat(single(text)).isEqualTo(new SetPlain(name, value == null ? "" : value, local, value == null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "SELECT 1",
                "LISTEN a; LISTEN b",
                "LISTEN a b",
                "LISTEN select",
                "LISTEN 'a'",
                "LISTEN \"\"",
                "LISTEN U&\"a\"",
                "LISTEN \"a",
                "DISCARD TEMP",
                "DEALLOCATE",
                "DEALLOCATE a, b",
                "EXECUTE",
                "EXECUTE p x",
                "PREPARE TRANSACTION 'x'",
                "PREPARE p SELECT 1",
                "PREPARE p AS SELECT 1; SELECT 2",
                "NOTIFY c, E'\\n'",
                "NOTIFY c, 'a'\n'b'",
                "NOTIFY c, x",
                "COMMIT AND CHAIN",
                "COMMIT PREPARED 'x'",
                "ROLLBACK TO",
                "BEGIN; SELECT 1",
                "BEGIN ATOMIC",
                "SET x",
                "SET x =",
                "SET x = a b",
                "SET x = a,",
                "SET x = $1",
                "SET x = f(1)",
                "SET x FROM CURRENT",
                "SET select = 1",
                "SET LOCAL TRANSACTION READ ONLY",
                "SET TRANSACTION READ ONLY",
                "SET CONSTRAINTS ALL DEFERRED",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "SET TIME ZONE INTERVAL '1' HOUR TO MINUTE",
                "SET NAMES utf8",
                "SET XML OPTION DOCUMENT",
                "RESET TRANSACTION ISOLATION LEVEL",
                "RESET",
                "EXPLAIN SELECT execute"
            })
    void areLeftAlone(String text) {
        assertThat(single(text)).isEqualTo(new SqlStatement.Other());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        SELECT 1; SELECT 2                                                                 | 2
        ;; SELECT ';' ;;                                                                   | 1
        CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2);); SELECT 3          | 2
        CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3     | 2
        CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END; SELECT 3; SELECT 4 | 3
        BEGIN; SELECT CASE 1 WHEN 1 THEN 2 END; END; SELECT 3                              | 4
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; BEGIN; SELECT 3        | 3
        SELECT 1); SELECT 2                                                                | 2
        """)
    void areCutWherePostgresCutsThem(String text, int count) {
        assertThat(SqlStatements.all(text.getBytes(StandardCharsets.UTF_8), SqlDialect.USUAL))
                .hasSize(count);
    }

    @Test
    void cutNamesAsPostgresDoes() {
        String name = "n".repeat(70);
        assertThat(single("LISTEN " + name)).isEqualTo(new SqlStatement.Listen(name.substring(0, 63)));
        assertThat(single("LISTEN \"" + name + "\"")).isEqualTo(new SqlStatement.Listen(name.substring(0, 63)));
        assertThat(single("LISTEN \"" + "é".repeat(32) + "\"")).isEqualTo(new SqlStatement.Other());
    }

    @Test
    void areLeftAloneWhereTheEncodingIsNotKnown() {
        byte[] latin = "LISTEN \"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SqlStatements.single(latin, SqlDialect.USUAL)).isEqualTo(new SqlStatement.Other());
        byte[] sjis = HexFormat.of().parseHex("4c495354454e2022835c22");
        assertThat(SqlStatements.single(sjis, SqlDialect.of("on", "SJIS"))).isEqualTo(new SqlStatement.Other());
        byte[] ascii = "LISTEN a".getBytes(StandardCharsets.US_ASCII);
        assertThat(SqlStatements.single(ascii, SqlDialect.of("on", "SJIS"))).isEqualTo(new SqlStatement.Listen("a"));
    }
}
