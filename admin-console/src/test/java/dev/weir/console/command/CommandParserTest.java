package dev.weir.console.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.console.port.CommandRefused;
import dev.weir.console.show.Topic;
import dev.weir.console.show.Topics;
import dev.weir.console.table.Column;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandParserTest {

    static List<Topic> topics() {
        return Topics.ALL;
    }

    @ParameterizedTest
    @MethodSource("topics")
    void showsEveryTopicInAnyDress(Topic topic) {
        for (String query : List.of(
                "SHOW " + topic.name(),
                "show " + topic.name().toLowerCase(Locale.ROOT) + ";",
                "  ShOw\t\"" + topic.name() + "\"\n;; ",
                "SELECT " + topic.name(),
                "select * from " + topic.name().toLowerCase(Locale.ROOT),
                "/* a /* nested */ comment */ SHOW -- to the end of the line\n" + topic.name() + " -- done")) {
            assertThat(CommandParser.parse(query, List.of())).as(query).containsExactly(new Command.Show(topic));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", " ;\n; ", "-- only a comment", "/* only a comment */;"})
    void anEmptyQueryHoldsNoCommand(String query) {
        assertThat(CommandParser.parse(query, List.of())).isEmpty();
    }

    @Test
    void takesSeveralCommandsAtOnce() {
        assertThat(CommandParser.parse("PAUSE a; RESUME a", List.of()))
                .containsExactly(new Command.Pause("a"), new Command.Resume("a"));
    }

    @Test
    void understandsNothingOfAQueryIfPartOfItIsUnknown() {
        assertThatThrownBy(() -> CommandParser.parse("PAUSE; BOGUS", List.of())).isInstanceOf(CommandRefused.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET a = 1 | a | 1",
                "SET a TO 'b c' | a | b c",
                "SET A='it''s' | a | it's",
                "SET \"A\" = \"b\" | A | b",
                "SET admin_users = x, y ; | admin_users | x, y",
                "SET server_lifetime = -1 | server_lifetime | -1",
                "SET logfile = /var/log/x.log | logfile | /var/log/x.log"
            })
    void readsSettings(String query, String key, String value) {
        assertThat(CommandParser.parse(query, List.of())).containsExactly(new Command.Set(key, value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET client_encoding TO 'UTF8'",
                "set DateStyle = ISO, MDY",
                "SET extra_float_digits = 3",
                "SET application_name = 'psql'",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                "SET TIME ZONE 'UTC'",
                "SET statement_timeout = 0",
                "SET LOCAL anything = 1",
                "SET NAMES 'utf8'"
            })
    void leavesSettingsOfASessionAlone(String query) {
        assertThat(CommandParser.parse(query, List.of())).containsExactly(new Command.SessionSet("SET"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 1 | ?column? | 1",
                "select 1 as one | one | 1",
                "SELECT version() | version | PostgreSQL 1.25.2/bouncer (console of Weir)",
                "select pg_catalog.version() | version | PostgreSQL 1.25.2/bouncer (console of Weir)",
                "select current_schema() | current_schema | public",
                "SELECT current_schema | current_schema | public",
                "SELECT 'test plain returns'::VARCHAR(60) AS anon_1 | anon_1 | test plain returns",
                "SELECT CAST('x' AS VARCHAR(60)) AS anon_1 | anon_1 | x",
                "SELECT current_setting('server_version_num')::int/100 as version | version | 125",
                "SHOW transaction_isolation | transaction_isolation | read committed",
                "SHOW TRANSACTION ISOLATION LEVEL | transaction_isolation | read committed",
                "show standard_conforming_strings | standard_conforming_strings | on",
                "SHOW server_version; | server_version | 1.25.2/bouncer"
            })
    void answersWhatClientsAskOfTheirOwnAccord(String query, String column, String value) {
        assertThat(CommandParser.parse(query, List.of()))
                .singleElement()
                .isInstanceOfSatisfying(Command.Known.class, known -> {
                    assertThat(known.table().columns()).extracting(Column::name).containsExactly(column);
                    assertThat(known.table().rows()).containsExactly(List.of(value));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT n.nspname as \"Schema\", c.relname FROM pg_catalog.pg_class c | Schema,relname",
                "select extversion from pg_extension where extname = 'timescaledb' | extversion",
                "SELECT t.oid, count(a, b) AS n FROM (SELECT * FROM pg_type) t | oid,n",
                "SELECT quote_ident(table_name) AS \"table\" FROM information_schema.tables | table"
            })
    void itsSystemCatalogsAreEmpty(String query, String columns) {
        assertThat(CommandParser.parse(query, List.of()))
                .singleElement()
                .isInstanceOfSatisfying(Command.Known.class, known -> {
                    assertThat(known.table().columns()).extracting(Column::name).containsExactly(columns.split(","));
                    assertThat(known.table().rows()).isEmpty();
                    assertThat(known.tag()).isEqualTo("SELECT 0");
                });
    }

    @Test
    void takesParameters() {
        assertThat(CommandParser.parse("KILL_CLIENT $1", List.of("7"))).containsExactly(new Command.KillClient("7"));
        assertThat(CommandParser.parse("SET a = $1", List.of("x y"))).containsExactly(new Command.Set("a", "x y"));
        assertThat(CommandParser.parameterCount("SELECT $2, $1")).isEqualTo(2);
        assertRefused("PAUSE $2", "42P02", "there is no parameter $2");
        assertRefused("PAUSE $99999999999", "42P02", "there is no parameter $2147483647");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SHOW POOL | SHOW POOLS",
                "SHWO POOLS | SHOW POOLS",
                "POOLS | SHOW POOLS",
                "PAUES | PAUSE [database]",
                "RELAOD now | RELOAD",
                "KILLCLIENT 5 | KILL_CLIENT id",
                "SHUTDOWN WAIT_FOR_CLIENT | ~SHUTDOWN [WAIT_FOR_SERVERS | WAIT_FOR_CLIENTS | HANDED_OVER]~"
            },
            quoteCharacter = '~')
    void anUnknownCommandIsToldWhatExistsAndWhatWasPerhapsMeant(String query, String meant) {
        if (query.equals("SHOW POOL")) {
            // Might be a setting: only the pooler knows those.
            CommandRefused refused = UnknownCommand.topicRefusal("POOL", List.of("pool_mode"));
            assertThat(refused.hint()).isEqualTo("Perhaps you meant SHOW POOLS.");
            return;
        }
        assertThatThrownBy(() -> CommandParser.parse(query, List.of()))
                .isInstanceOfSatisfying(CommandRefused.class, refused -> {
                    assertThat(refused.sqlState()).isEqualTo("08P01");
                    assertThat(refused).hasMessage("invalid command '" + query + "', use SHOW HELP;");
                    assertThat(refused.detail()).contains("POOLS", "WAIT_CLOSE [database]");
                    assertThat(refused.hint()).isEqualTo("Perhaps you meant " + meant + ".");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROBNICATE THE WHOLE",
                "SHOW",
                "SHOW POOLS please",
                "SELECT",
                "SELECT * FROM accounts",
                "SELECT 1/0",
                "SET",
                "SET a",
                "SET a =",
                "PAUSE a b",
                "RELOAD x",
                "'SHOW POOLS'",
                "SELECT 1,",
                "SELECT CAST(CAST(CAST(CAST(CAST(1 AS int) AS int) AS int) AS int) AS int)",
                "INSERT INTO t VALUES (1)",
                "SHOW 'POOLS'",
                "(",
                "SELECT version(",
                "START"
            })
    void refusesWhatIsNoCommand(String query) {
        assertRefused(query, "08P01", "invalid command '" + query + "', use SHOW HELP;");
    }

    @Test
    void refusesArgumentsThatAreTooLong() {
        assertRefused("PAUSE " + "x".repeat(64), "08P01", "bad arguments");
        assertRefused("SET a = '" + "x".repeat(256) + "'", "08P01", "bad arguments");
        assertThat(CommandParser.parse("PAUSE " + "x".repeat(63), List.of()))
                .containsExactly(new Command.Pause("x".repeat(63)));
    }

    @Test
    void refusesQuotesAndCommentsThatDoNotEnd() {
        assertRefused("SHOW \"POOLS", "42601", "unterminated quoted identifier");
        assertRefused("SET a = 'b", "42601", "unterminated quoted string");
        assertRefused("SHOW /* POOLS", "42601", "unterminated /* comment");
    }

    @Test
    void quotesOnlyTheBeginningOfALongQuery() {
        assertThatThrownBy(() -> CommandParser.parse("x".repeat(10_000), List.of()))
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverFailsOtherThanByRefusing(long seed) {
        Random random = new Random(seed);
        List<String> pieces = pieces();
        for (int i = 0; i < 3000; i++) {
            StringBuilder query = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                query.append(
                        random.nextInt(4) == 0
                                ? String.valueOf((char) random.nextInt(0x250))
                                : pieces.get(random.nextInt(pieces.size())));
                query.append(random.nextBoolean() ? " " : "");
            }
            String text = query.substring(0, random.nextInt(query.length() + 1));
            assertRefusesAtMost(text, seed);
        }
    }

    @Test
    void everyPrefixOfACommandIsTakenOrRefused() {
        for (Syntax syntax : Syntax.values()) {
            for (int end = 0; end <= syntax.form().length(); end++) {
                assertRefusesAtMost(syntax.form().substring(0, end), 0);
            }
        }
    }

    private static List<String> pieces() {
        List<String> words = List.of(
                "SHOW",
                "SELECT",
                "SET",
                "FROM",
                "pg_type",
                "TO",
                "=",
                "'",
                "\"",
                "$1",
                "$",
                "--",
                "/*",
                "*/",
                ";",
                "::",
                "(",
                ")",
                ",",
                "/",
                "1",
                "0",
                "*",
                "AS",
                "version",
                "current_setting",
                "'server_version'",
                "BEGIN",
                "\n",
                "\ud800",
                "é",
                "x",
                ".");
        return java.util.stream.Stream.of(
                        words.stream(),
                        Topics.ALL.stream().map(Topic::name),
                        Arrays.stream(Syntax.values()).map(Syntax::name))
                .flatMap(stream -> stream)
                .toList();
    }

    private static void assertRefusesAtMost(String query, long seed) {
        try {
            assertThat(CommandParser.parse(query, List.of("a", "b"))).doesNotContainNull();
            assertThat(CommandParser.parameterCount(query)).isNotNegative();
        } catch (CommandRefused refused) {
            assertThat(refused.sqlState()).hasSize(5);
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + query, e);
        }
    }

    private static void assertRefused(String query, String sqlState, String message) {
        assertThatThrownBy(() -> CommandParser.parse(query, List.of("only one")))
                .isInstanceOfSatisfying(CommandRefused.class, refused -> {
                    assertThat(refused.sqlState()).isEqualTo(sqlState);
                    assertThat(refused).hasMessage(message);
                });
    }
}
