package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever the text is and however it is cut, the scan ends, with the same answer. Run with `-Dfuzz.seed=…` to
/// repeat a failure.
final class SqlScanFuzzTest {
    private static final int ROUNDS = 4_000;
    private static final int HUGE = 4 << 20;
    private static final List<SqlDialect> DIALECTS = List.of(
            SqlDialect.USUAL, SqlDialect.of("off", "UTF8"), SqlDialect.of("on", "SJIS"), SqlDialect.of("off", "GBK"));

    /// Pieces of texts that mean much to a scanner, often next to each other by accident.
    private static final List<String> SHARDS = List.of(
            "'",
            "''",
            "E'",
            "e'\\'",
            "N'",
            "B'",
            "x'",
            "U&'",
            "u&\"",
            "\"",
            "\"\"",
            "\\",
            "\\'",
            "$",
            "$$",
            "$a$",
            "$ab$",
            "$1",
            "a$b",
            "/*",
            "*/",
            "/*+",
            "--",
            "-",
            "/",
            "*",
            "\n",
            "\r",
            " ",
            ";",
            ";",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "=",
            "1",
            "1e",
            "1e-",
            ".5",
            "0x1F",
            "1_0",
            "e",
            "u",
            "&",
            "SET ",
            "set ",
            "LOCAL ",
            "x",
            "TO ",
            "true",
            "false",
            "set_config",
            "\"set_config\"",
            "pg_notify",
            "pg_advisory_lock(",
            "INTO ",
            "TEMP ",
            "CREATE ",
            "OR REPLACE ",
            "EXPLAIN ",
            "EXECUTE ",
            "PREPARE ",
            "TRANSACTION ",
            "COMMIT",
            "ROLLBACK ",
            "RESET ",
            "NAMES",
            "TIME ZONE ",
            "DECLARE ",
            "WITH HOLD",
            "application_name",
            "pg_temp",
            "é",
            "ソ",
            "\u0000",
            "AS ");

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private String soup(int shards) {
        StringBuilder soup = new StringBuilder();
        for (int i = 0; i < shards; i++) {
            soup.append(SHARDS.get(random.nextInt(SHARDS.size())));
        }
        return soup.toString();
    }

    private byte[] garbage(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void everyPairOfCutsGivesTheSame() {
        for (int round = 0; round < 150; round++) {
            byte[] text = soup(12).getBytes(StandardCharsets.UTF_8);
            SqlDialect dialect = DIALECTS.get(round % DIALECTS.size());
            int whole = Scans.effects(text, dialect);
            for (int first = 0; first <= text.length; first++) {
                for (int second = first; second <= text.length; second++) {
                    check(text, dialect, List.of(first, second), whole);
                }
            }
        }
    }

    @Test
    void oneByteAtATimeGivesTheSame() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] text = round % 4 == 0 ? garbage(60) : soup(20).getBytes(StandardCharsets.UTF_8);
            for (SqlDialect dialect : DIALECTS) {
                List<Integer> cuts = IntStream.range(0, text.length).boxed().toList();
                check(text, dialect, cuts, Scans.effects(text, dialect));
            }
        }
    }

    private void check(byte[] text, SqlDialect dialect, List<Integer> cuts, int whole) {
        int effects = Scans.inPieces(text, dialect, cuts);
        if (effects != whole) {
            String bytes = new String(text, StandardCharsets.ISO_8859_1);
            assertThat(Scans.names(effects))
                    .as("seed %d, %s in %s, cut at %s", seed, bytes, dialect, cuts)
                    .isEqualTo(Scans.names(whole));
        }
    }

    @Test
    void theCoreOfATextHasTheSameEffectsAndIsItsOwnCore() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] text = soup(20).getBytes(StandardCharsets.UTF_8);
            ByteBuf in = Unpooled.wrappedBuffer(text);
            long core = SqlText.core(in, 0, text.length, SqlDialect.USUAL);
            int start = SqlText.start(core);
            int length = SqlText.length(core);
            assertThat(SqlScanner.effects(in, start, length, SqlDialect.USUAL))
                    .as("seed %d, %s", seed, new String(text, StandardCharsets.UTF_8))
                    .isEqualTo(Scans.effects(text, SqlDialect.USUAL));
            assertThat(SqlText.core(in, start, length, SqlDialect.USUAL)).isEqualTo(SqlText.pack(0, length));
        }
    }

    @Test
    void anyTextIsTakenApartOrLeftAlone() {
        List<String> beginnings =
                List.of("SET ", "PREPARE ", "LISTEN ", "NOTIFY ", "EXECUTE ", "DEALLOCATE ", "RESET ");
        for (int round = 0; round < ROUNDS; round++) {
            String text = beginnings.get(random.nextInt(beginnings.size())) + soup(random.nextInt(8));
            for (SqlDialect dialect : DIALECTS) {
                assertThat(SqlStatements.single(text.getBytes(StandardCharsets.UTF_8), dialect))
                        .isNotNull();
            }
        }
    }

    /// Effects that must be found among any number of things that hide nothing or hide all they can.
    @Test
    void effectsAreFoundBehindAnythingThatIsComplete() {
        List<String> complete = List.of(
                "SELECT 'SET x = 1; '",
                "SELECT E'\\'; --'",
                "SELECT \"; LISTEN \"\"x\"",
                "SELECT $a$ $$ ; DO $a$",
                "SELECT 1 /* ; /* ' */ \" */",
                "SELECT 1 -- ' /*\n",
                "SELECT (1 - 2) / 3 * 4",
                "SELECT U&'\\0041' -- x\n '; SET'",
                "SELECT 1e-5, $1, a$b$c",
                " /* only */ ");
        List<String> telling = List.of(
                "SET x = 1",
                "LISTEN c",
                "SELECT set_config('a', 'b', false)",
                "DO 'x'",
                "CREATE TEMP TABLE t ()",
                "SELECT pg_advisory_lock(1)",
                "PREPARE p AS SELECT 1",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1");
        for (int round = 0; round < ROUNDS; round++) {
            List<String> parts = new ArrayList<>();
            int expected = 0;
            for (int i = random.nextInt(6); i >= 0; i--) {
                boolean tells = random.nextInt(3) == 0;
                List<String> from = tells ? telling : complete;
                String part = from.get(random.nextInt(from.size()));
                expected |= tells ? Scans.effects(part) : 0;
                parts.add(part);
            }
            String text = String.join(";", parts);
            assertThat(Scans.names(Scans.effects(text) & ~Effects.MANY))
                    .as("seed %d, %s", seed, text)
                    .isEqualTo(Scans.names(expected));
        }
    }

    /// The limit is far more than any of these takes at a few nanoseconds for a byte, and far less than it would
    /// take with the square of the length.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/*",
                "*/",
                "/",
                "*",
                "-",
                "$",
                "$a",
                "$a$",
                "$ab$a$",
                "'",
                "E'\\",
                "\"",
                "\"\"",
                "(",
                "a",
                "1e",
                "1e-",
                ";",
                "set ",
                "set_config(",
                "'\n",
                "'--\n'",
                "u&",
                "pg_temp",
                "."
            })
    void hostileTextsTakeTimeByTheirLength(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        ByteBuf text = Unpooled.buffer(HUGE);
        while (text.writableBytes() >= bytes.length && text.readableBytes() + bytes.length <= HUGE) {
            text.writeBytes(bytes);
        }
        assertThat(org.junit.jupiter.api.Assertions.assertTimeout(
                        java.time.Duration.ofSeconds(20),
                        () -> SqlScanner.effects(text, 0, text.readableBytes(), SqlDialect.USUAL)))
                .isNotNegative();
    }
}
