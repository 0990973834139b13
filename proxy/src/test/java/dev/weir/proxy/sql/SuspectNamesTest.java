package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuspectNamesTest {

    private static final SuspectNames NAMES =
            SuspectNames.of(List.of("set_tenant", "Audit", "v"), Set.of(), MentionedSettings.UNKNOWN);

    private static boolean areIn(SuspectNames names, String text, SqlDialect dialect) {
        ByteBuf in = Unpooled.copiedBuffer("??" + text + "??", StandardCharsets.UTF_8);
        return names.effectsIn(in, 2, in.readableBytes() - 4, dialect) != 0;
    }

    private static boolean areIn(SuspectNames names, String text) {
        return areIn(names, text, SqlDialect.USUAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set_tenant",
                "SELECT set_tenant(1)",
                "select public.SET_TENANT (1)",
                "SELECT \"set_tenant\"(1)",
                "SELECT * FROM v",
                "SELECT * FROM \"public\".\"v\"",
                "/* v */ INSERT INTO audit VALUES ('it''s')",
                "SELECT 1; SELECT v",
                "SELECT U&\"\\0076\"",
                "SELECT 'unfinished",
            })
    void arePresent(String text) {
        assertThat(areIn(NAMES, text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SELECT 1",
                "SELECT set_tenants(1), xset_tenant, vv",
                "SELECT 'set_tenant', $$v$$, E'v' -- audit",
                "SELECT /* audit(1) */ $1",
                "SELECT \"a\"\"udit\"",
            })
    void areAbsent(String text) {
        assertThat(areIn(NAMES, text)).isFalse();
    }

    @Test
    void theDialectDecidesWhatIsAString() {
        String text = "SELECT '\\', v('";

        assertThat(areIn(NAMES, "SELECT '\\', v()", SqlDialect.USUAL)).isTrue();
        assertThat(areIn(NAMES, text + "')", SqlDialect.of("off", "UTF8"))).isTrue(); // it does not end
        assertThat(areIn(NAMES, "SELECT '\\', v('", SqlDialect.of("off", "UTF8")))
                .isFalse();
    }

    @Test
    void namesAreFoundWhereverTheyStand() {
        for (int blanks = 0; blanks < 5000; blanks += 7) {
            assertThat(areIn(NAMES, " ".repeat(blanks) + "set_tenant" + " ".repeat(5000 - blanks)))
                    .as("behind %d blanks", blanks)
                    .isTrue();
        }
    }

    @Test
    void ofManyNamesEachIsFound() {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add("name_" + i * 37);
        }
        SuspectNames names = SuspectNames.of(many, Set.of(), MentionedSettings.NONE);

        for (int i = 0; i < 37_000; i++) {
            assertThat(areIn(names, "SELECT name_" + i)).as("name_%d", i).isEqualTo(i % 37 == 0);
        }
    }

    @Test
    void postgresqlCutsLongNames() {
        SuspectNames names = SuspectNames.of(Set.of("n".repeat(63)), Set.of(), MentionedSettings.NONE);

        assertThat(areIn(names, "SELECT " + "N".repeat(70) + "()")).isTrue();
        assertThat(areIn(names, "SELECT " + "N".repeat(62) + "()")).isFalse();
    }

    @Test
    void whereANameIsNotSpelledInAsciiEveryOtherSuchIsSuspect() {
        SuspectNames names = SuspectNames.of(Set.of("größe", "a\"b"), Set.of(), MentionedSettings.NONE);

        assertThat(areIn(names, "SELECT größe()")).isTrue();
        assertThat(areIn(names, "SELECT länge()")).isTrue();
        assertThat(areIn(names, "SELECT \"a\"\"b\"()")).isTrue();
        assertThat(areIn(names, "SELECT grosse()")).isFalse();
    }

    @Test
    void noneAndAny() {
        assertThat(SuspectNames.of(Set.of(), Set.of(), MentionedSettings.UNKNOWN))
                .isSameAs(SuspectNames.NONE);
        assertThat(SuspectNames.NONE.isEmpty()).isTrue();
        assertThat(areIn(SuspectNames.NONE, "SELECT 'unfinished")).isFalse();
        assertThat(SuspectNames.ANY.isEmpty()).isFalse();
        assertThat(areIn(SuspectNames.ANY, "")).isTrue();
        assertThat(NAMES.names()).containsExactlyInAnyOrder("set_tenant", "audit", "v");
    }

    @Test
    void whichMayLoadIsTold() {
        SuspectNames names = SuspectNames.of(List.of("sets", "loads"), List.of("LOADS"), MentionedSettings.NONE);

        assertThat(effects(names, "SELECT sets()")).isEqualTo(Effects.SUSPECT);
        assertThat(effects(names, "SELECT sets(), Loads()")).isEqualTo(Effects.SUSPECT | Effects.LOADS_WITHIN);
        assertThat(effects(names, "SELECT 'loads'")).isZero();
        assertThat(effects(names, "SELECT U&\"x\"")).isEqualTo(Effects.SUSPECT | Effects.LOADS_WITHIN);
        assertThat(effects(SuspectNames.ANY, "SELECT 1")).isEqualTo(Effects.SUSPECT);
    }

    private static int effects(SuspectNames names, String text) {
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        return names.effectsIn(in, 0, in.readableBytes(), SqlDialect.USUAL);
    }
}
