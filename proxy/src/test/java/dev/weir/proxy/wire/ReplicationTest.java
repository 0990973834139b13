package dev.weir.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplicationTest {

    @ParameterizedTest
    @CsvSource({
        "database, LOGICAL",
        "true, PHYSICAL",
        "TRUE, PHYSICAL",
        "t, PHYSICAL",
        "yes, PHYSICAL",
        "on, PHYSICAL",
        "1, PHYSICAL",
        "false, NONE",
        "f, NONE",
        "no, NONE",
        "of, NONE",
        "OFF, NONE",
        "0, NONE"
    })
    void isReadAsPostgresReadsIt(String value, Replication expected) {
        assertThat(Replication.of(Map.of("user", "u", "replication", value))).isEqualTo(expected);
    }

    @Test
    void isNotAskedForWithoutTheParameter() {
        assertThat(Replication.of(Map.of("user", "u"))).isEqualTo(Replication.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "o", "Database", "2", "maybe", "trues"})
    void whatIsNeitherIsRefused(String value) {
        assertThatThrownBy(() -> Replication.of(Map.of("replication", value)))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation -> assertThat(violation.error().sqlState()).isEqualTo("22023"));
    }
}
