package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NormalTextTest {

    private final NormalText normal = new NormalText(200);

    private String text(String sql) {
        read(sql);
        return normal.text();
    }

    private long fingerprint(String sql) {
        read(sql);
        return normal.fingerprint();
    }

    private void read(String sql) {
        byte[] bytes = ("#" + sql).getBytes(StandardCharsets.UTF_8);
        normal.read(bytes, 1, bytes.length - 1, SqlDialect.USUAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        select 1                                            | select $1
        SELECT  a\t,b FROM t WHERE x='it''s' and y=-1.5e3   | SELECT a ,b FROM t WHERE x=$1 and y=-$2
        select * from t where id = $1 and n = 7             | select * from t where id = $1 and n = $2
        select /* trace 00-4bf9 */ 1 -- end                 | select $1
        select 1;                                           | select $1
        begin; select 1;                                    | begin; select $1
        select "A b" from "T" where x = E'a\\'b'            | select "A b" from "T" where x = $1
        select $tag$ a 'secret' $tag$, B'01', x'ff', U&'d'  | select $1, $2, $3, $4
        alter role app password 'secret'                    | alter role app password $1
        select * from t where a in (1, 2,3) and b = 4       | select * from t where a in ($1, ...) and b = $2
        select * from t where a in (-1, +2) or b - 5 > 0    | select * from t where a in ($1, ...) or b - $2 > $3
        select * from t where a in (1)                      | select * from t where a in ($1)
        select * from t where a in (1, b, 2)                | select * from t where a in ($1, b, $2)
        select * from t where a in (select b from c)        | select * from t where a in (select b from c)
        select array[1,2,3], f(1,2)                         | select array[$1, ...], f($2,$3)
        insert into t (a, b) values (1, 'x')                | insert into t (a, b) values ($1, $2)
        insert into t values (1, f(2)), (3, f(4)),(5,6);    | insert into t values ($1, f($2)), ...
        insert into t values (1),(2) returning id           | insert into t values ($1), ... returning id
        insert into t values ($1,$2),($3,$4) on conflict do nothing | insert into t values ($1,$2), ... on conflict do nothing
        select 'unfinished secret                           | select
        select $a$ unfinished secret                        | select
        select 1 /* unfinished secret                       | select $1
        """)
    void constantsAndCommentsAreLeftOut(String sql, String expected) {
        assertThat(text(sql.strip())).isEqualTo(expected.strip());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        select 1                     | SELECT   'a'
        select * from T where a = 1  | Select * /* x */ from t where a = $1
        select 1 in (1)              | select 1 in (1, 2, 3)
        insert into t values (1)     | insert into t values (1), (2)
        select 1                     | select 1;
        """)
    void whatDiffersInConstantsOnlyHasOneFingerprint(String one, String other) {
        assertThat(fingerprint(one.strip())).isEqualTo(fingerprint(other.strip()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        select a from t              | select b from t
        select "a" from t            | select "A" from t
        select a.b                   | select ab
        select 1                     | select 1, 2
        select f(1)                  | select f(1, 2)
        begin                        | commit
        """)
    void whatDiffersOtherwiseHasAnother(String one, String other) {
        assertThat(fingerprint(one.strip())).isNotEqualTo(fingerprint(other.strip()));
    }

    @Test
    void aLongTextIsCutButToldApartToItsEnd() {
        String begin = "select " + "a_column_of_some_length, ".repeat(20);
        assertThat(text(begin + "b")).hasSize(201).endsWith("…").isEqualTo(text(begin + "c"));
        assertThat(fingerprint(begin + "b")).isNotEqualTo(fingerprint(begin + "c"));
    }

    @Test
    void aCharacterIsNotCutInTwo() {
        assertThat(text("select \"" + "é".repeat(150))).isEqualTo("select");
        String shown = text("select \"" + "é".repeat(150) + "\"");
        assertThat(shown).endsWith("é…").doesNotContain("\ufffd");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anythingCanBeRead(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = " \t\n'\"$(),;-+/*[].:ainvluesrryINE0123456789\\éβ_=";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sql = new StringBuilder(random.nextBoolean() ? "values (" : "in (");
            int length = random.nextInt(60);
            for (int j = 0; j < length; j++) {
                sql.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String first = text(sql.toString());
            assertThat(first.length()).as(sql.toString()).isLessThanOrEqualTo(201);
            assertThat(normal.fingerprint()).isNotZero();
        }
    }

    @Test
    void plainTextsAreOnOneLine() {
        byte[] text = "select 1,\n\t'a\0b'  ".getBytes(StandardCharsets.UTF_8);
        assertThat(NormalText.plain(text, text.length, false)).isEqualTo("select 1, 'a b'");
        assertThat(NormalText.plain(text, 6, true)).isEqualTo("select…");
    }
}
