package dev.weir.proxy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.bench.BenchPlan.OtherWeir;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchPlanTest {

    @Test
    void readsAnotherWeir() {
        assertThat(OtherWeir.of("older=/opt/a=b/weir")).isEqualTo(new OtherWeir("older", Path.of("/opt/a=b/weir")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "older", "older=", "=/opt/weir"})
    void refusesOneWithoutNameOrPath(String text) {
        assertThatThrownBy(() -> OtherWeir.of(text)).hasMessageContaining("is not NAME=PATH");
    }

    @Test
    void knowsWhichPgBouncersFollowPreparedStatements() {
        Path program = Path.of("pgbouncer");
        assertThat(PoolerProgram.pgbouncer(program, "PgBouncer 1.18.0", "nobody")
                        .settings())
                .isEmpty();
        assertThat(PoolerProgram.pgbouncer(program, "PgBouncer 1.25.2", "nobody")
                        .settings())
                .containsExactly("max_prepared_statements = 200");
        assertThat(PoolerProgram.pgbouncer(program, "something else", "nobody").settings())
                .isEmpty();
    }

    @Test
    void writesPemFiles() {
        assertThat(TlsFiles.pem("CERTIFICATE", new byte[60]))
                .isEqualTo("-----BEGIN CERTIFICATE-----\n" + "A".repeat(64) + "\n" + "A".repeat(16)
                        + "\n-----END CERTIFICATE-----\n");
    }
}
