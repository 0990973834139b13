package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PromQlTest {

    @Test
    void findsMetricsAndLabels() {
        PromQl found = PromQl.of("histogram_quantile(0.95, sum by (le, database) (rate(a_bucket{x=\"b{}\", y!~\"c\"}"
                + "[5m]))) > 1 or max without (user) (b) / on (z) c offset 5m");
        assertThat(found.metrics())
                .containsExactlyInAnyOrderEntriesOf(Map.of("a_bucket", Set.of("x", "y"), "b", Set.of(), "c", Set.of()));
        assertThat(found.grouped()).containsExactlyInAnyOrder("le", "database", "user", "z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weir_pool_server",
                "weir_pool_size{state=\"idle\"}",
                "sum by (host) (weir_pool_size)",
                "sum(weir_pool_size",
                "rate(weir_wait_duration_seconds[5m])_x"
            })
    void whatIsNotDocumentedIsNoticed(String expression) {
        DocumentedMetrics documented = new DocumentedMetrics();
        assertThatThrownBy(() -> documented.assertKnown("here", expression)).isInstanceOf(AssertionError.class);
    }
}
