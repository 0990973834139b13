package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read in pieces is known as well as what is read whole. Run with `-Dfuzz.seed=…` to repeat a failure.
final class LongTextTest {
    private static final SuspectNames NAMES =
            SuspectNames.of(List.of("sets", "loads"), List.of("loads"), MentionedSettings.NONE);

    private static final int NAMED = Effects.SUSPECT | Effects.LOADS_WITHIN;

    private static final List<String> SHARDS = List.of(
            "SET ",
            "LOCAL ",
            "x.y = ",
            "'a",
            "' ",
            "SET app.one TO 'x'",
            "; ",
            "set_config('app.two', 'v', ",
            "false) ",
            "true) ",
            "SELECT ",
            "sets",
            "loads",
            "(",
            ") ",
            "-- ",
            "\n",
            "/* ",
            "*/ ",
            "$$",
            "$a$",
            "\"",
            "E'\\''",
            "LISTEN c",
            "LOAD 'lib'",
            "PREPARE p AS ",
            "pg_advisory_lock(1)",
            "COMMIT",
            "CREATE TEMP TABLE t ()",
            "é",
            "DO ",
            "ALTER TABLE t",
            "RESET ALL",
            "1e-5",
            "DISCARD ",
            "WITH HOLD",
            "DECLARE c ",
            "U&'",
            "ソ",
            "INSERT INTO t VALUES (1, 'harmless', 2.5), ".repeat(40));

    private static final List<SqlDialect> DIALECTS = List.of(
            SqlDialect.USUAL, SqlDialect.of("off", "UTF8"), SqlDialect.of("on", "SJIS"), SqlDialect.of("off", "GBK"));

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static LongText read(byte[] text, SqlDialect dialect, int piece) {
        LongText read = new LongText(dialect, NAMES);
        ByteBuf in = Unpooled.directBuffer().writeZero(3).writeBytes(text);
        try {
            for (int at = 0; at < text.length; at += piece) {
                read.feed(in, 3 + at, Math.min(piece, text.length - at));
            }
            return read.end();
        } finally {
            in.release();
        }
    }

    private static LongText read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8), SqlDialect.USUAL, 1000);
    }

    @Test
    void theSameIsFoundHoweverItIsCut() {
        for (int round = 0; round < 500; round++) {
            StringBuilder soup = new StringBuilder();
            for (int i = random.nextInt(40); i >= 0; i--) {
                soup.append(SHARDS.get(random.nextInt(SHARDS.size())));
            }
            byte[] text = soup.toString().getBytes(StandardCharsets.UTF_8);
            SqlDialect dialect = DIALECTS.get(round % DIALECTS.size());
            LongText first = read(text, dialect, Math.max(1, text.length));
            String context = "seed %d: %s".formatted(seed, soup);
            for (int piece : new int[] {1, 1 + random.nextInt(5000), 4096}) {
                LongText other = read(text, dialect, piece);
                assertThat(Scans.names(other.effects())).as(context).isEqualTo(Scans.names(first.effects()));
                assertThat(other.hidden()).as(context).isEqualTo(first.hidden());
                assertThat(other.settings()).as(context).isEqualTo(first.settings());
            }
            compare(first, text, dialect, context);
        }
    }

    private static void compare(LongText read, byte[] text, SqlDialect dialect, String context) {
        ByteBuf in = Unpooled.wrappedBuffer(text);
        int effects = SqlScanner.effects(in, 0, text.length, dialect);
        assertThat(read.effects() & effects).as(context).isEqualTo(effects);
        assertThat(Scans.names(read.effects() & ~(NAMED | Effects.TEMP)))
                .as(context)
                .isEqualTo(Scans.names(effects & ~(NAMED | Effects.TEMP)));
        int byNames = NAMES.effectsIn(in, 0, text.length, dialect);
        assertThat(read.hidden() & byNames).as(context).isEqualTo(byNames);
        MentionedSettings settings = MentionedSettings.in(in, 0, text.length, effects);
        if (read.settings().complete()) {
            assertThat(read.settings().custom())
                    .as(context)
                    .containsAll(settings.custom().stream()
                            .filter(name -> name.startsWith("app."))
                            .toList());
            assertThat(read.settings().meaningful() || !settings.meaningful())
                    .as(context)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4000, 4090, 8190, 70_000, 3_000_000})
    void whatStandsBehindMuchIsFound(int bytes) {
        String much = "INSERT INTO t VALUES ('" + "x".repeat(bytes) + "'); ";

        assertThat(read(much).effects()).isZero();
        assertThat(read(much).settings()).isEqualTo(MentionedSettings.NONE);
        LongText sets = read(much + "SET app.tenant = 'a'");
        assertThat(Scans.names(sets.effects())).isEqualTo("SETS MANY");
        assertThat(sets.settings().custom()).contains("app.tenant");
        assertThat(sets.settings().complete()).isTrue();
        assertThat(Scans.names(read(much + "LOAD 'x'").effects())).isEqualTo("LOADS MANY");
        assertThat(Scans.names(read(much + "ALTER TABLE t ADD c int").effects()))
                .contains("CHANGES_SCHEMA");
        assertThat(read(much + "SELECT sets()").hidden()).isEqualTo(Effects.SUSPECT);
        assertThat(read(much + "SELECT loads()").hidden()).isEqualTo(NAMED);
        assertThat(Scans.names(read(much + "SELECT 'never ends").effects())).isEqualTo("MANY UNKNOWN_END");
        assertThat(read("SELECT set_config('app.a', '" + "x".repeat(bytes) + "', false)")
                        .settings()
                        .custom())
                .contains("app.a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '`',
            value = {
                "DO $$ BEGIN LOAD 'auto_explain'; END $$ @ true",
                "DO $$ BEGIN EXECUTE 'LOAD ' || x; END $$ @ true",
                "DO $$ BEGIN EXECUTE format('LOAD %L', x); END $$ @ true",
                "CALL p('load /* now */ ''x''') @ true",
                "DO $$ BEGIN load E'x'; END $$ @ true",
                "DO $$ BEGIN PERFORM load_all(); /* load the rest */ END $$ @ false",
                "DO $$ BEGIN PERFORM preload('x'); END $$ @ false",
                "SELECT 'LOAD ''x''' @ false",
            })
    void aLoadWithinIsFound(String text, boolean loads) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        int effects = SqlScanner.effects(in, 0, bytes.length, SqlDialect.USUAL);

        assertThat(HiddenWords.in(in, 0, bytes.length, effects)).isEqualTo(loads ? Effects.LOADS_WITHIN : 0);
        if (loads) {
            assertThat(read(text).effects() & Effects.LOADS_WITHIN).isNotZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SET LOCAL search_path = 'pg_temp', public | true",
                "SELECT set_config('search_path', 'PG_TEMP', true) | true",
                "SET LOCAL search_path = E'pg\\x5ftemp' | true",
                "SET LOCAL search_path = 'tenant_1' | false",
                "SELECT set_config('app.tenant', 'a\\b', true) | false",
                "SELECT 'pg_temp' | false",
            })
    void thePathOfTemporaryThingsIsFound(String text, boolean temporary) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        int effects = SqlScanner.effects(in, 0, bytes.length, SqlDialect.USUAL);

        assertThat(HiddenWords.in(in, 0, bytes.length, effects)).isEqualTo(temporary ? Effects.TEMP : 0);
        assertThat(read(text).effects() & Effects.TEMP).isEqualTo(temporary ? Effects.TEMP : 0);
    }

    @Test
    void whatStandsBehindTheTerminatorIsNoText() {
        assertThat(read("SELECT 1\u0000SET x = 1").effects()).isZero();
        assertThat(Set.of(read("SELECT 1\u0000'").effects())).containsExactly(0);
    }
}
