package dev.weir.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeConstantsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'now'::timestamptz",
                "SELECT date ' Today '",
                "SELECT E'\t\nTOMORROW'",
                "SELECT 1, 'yesterday allballs'"
            })
    void seesThem(String text) {
        assertThat(TimeConstants.mayBeIn(text.getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "'", "SELECT now()", "SELECT 'no', today FROM t", "SELECT 'known', 'is now'", "SELECT 'no"})
    void seesNoOthers(String text) {
        assertThat(TimeConstants.mayBeIn(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }
}
