package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LoginRefusalsTest {

    @ParameterizedTest
    @CsvSource({
        "57P03, false",
        "53300, false",
        "57P01, false",
        "57P02, false",
        "28P01, true",
        "28000, true",
        "3D000, true",
        "42501, true",
    })
    void someHealWithTimeAndSomeDoNot(String sqlState, boolean isFinal) {
        PgError error = new PgError(PgError.Severity.FATAL, sqlState, "no", null, null, java.util.Map.of());

        assertThat(LoginRefusals.areFinal(error)).isEqualTo(isFinal);
        assertThat(error.is(SqlState.PROTOCOL_VIOLATION)).isFalse();
    }
}
