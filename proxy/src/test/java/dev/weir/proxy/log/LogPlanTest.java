package dev.weir.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.ConfigText;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How much is logged, and where to.
class LogPlanTest {

    @ParameterizedTest
    @CsvSource({"0, 0, LOG", "1, 0, DEBUG", "0, 1, DEBUG", "1, 1, NOISE", "2, 0, NOISE", "9, 0, NOISE"})
    void verboseAndTheCommandLineAddUp(int verbose, int options, Severity threshold) {
        LogPlan plan = LogPlan.of(
                ConfigText.read("[pgbouncer]\nverbose = " + verbose + "\nauth_type = any\n", ""),
                new LogPlan.CommandLine(options, false));
        assertThat(plan.threshold()).isEqualTo(threshold);
    }
}
