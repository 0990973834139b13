package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MentionedSettingsTest {
    private static MentionedSettings in(String sql) {
        ByteBuf text = Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8);
        return MentionedSettings.in(text, 0, text.readableBytes(), Effects.SETS);
    }

    @Test
    void aTextTellsItsCustomSettings() {
        MentionedSettings found = in("SET App . \"User\" = 1; SELECT set_config('app.b', 'x', false)");

        assertThat(found.custom()).containsExactlyInAnyOrder("app.user", "app.b");
        assertThat(found.complete()).isTrue();
        assertThat(found.parameters()).isEmpty();
    }

    @Test
    void aParameterMayBeTheName() {
        MentionedSettings found = in("SELECT set_config($2, $1, false), set_config ( $12::text , '', false)");

        assertThat(found.parameters()).containsExactlyInAnyOrder(2, 12);
        assertThat(found.complete()).isTrue();
        assertThat(found.meaningful()).isTrue();

        MentionedSettings named = found.named(List.of("work_mem", "App.B"));
        assertThat(named).isEqualTo(new MentionedSettings(Set.of("app.b"), Set.of(), true, true));
        assertThat(found.named(List.of("app.gr\u00f6\u00dfe")).complete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT set_config('app.' || 'x', '1', false)",
                "SELECT set_config($1 || 'x', '1', false)",
                "SELECT set_config(name, '1', false) FROM names",
                "SELECT set_config(E'app\\056x', '1', false)",
                "SET U&\"app\\002ex\" = 1",
                "SET app.gr\u00f6\u00dfe = 1",
                "SET app.a1234567890123456789012345678901234567890123456789012345678901234567890 = 1",
            })
    void whatCannotBeToldIsSaid(String sql) {
        assertThat(in(sql).complete()).isFalse();
    }

    @Test
    void aNameOfManyPartsIsRead() {
        String name = "a" + ".a".repeat(30_000);

        assertThat(in("SET " + name + " = 1").custom()).containsExactly(name);
        assertThat(in("SELECT set_config($1, '', false)").named(List.of(name)).custom())
                .containsExactly(name);
    }

    /// With work that grows with the square of the length this would take hours.
    @Timeout(60)
    @ParameterizedTest
    @ValueSource(strings = {"y", " ", "a ", "a. ", "\"", "set_config('", "set_config( ", "u&", "$1"})
    void aLongTextIsReadInOneGo(String part) {
        MentionedSettings found = in("SET x = " + part.repeat(2_000_000));

        assertThat(found.custom()).hasSizeLessThan(64);
    }
}
