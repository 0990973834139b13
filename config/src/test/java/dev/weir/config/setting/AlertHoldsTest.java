package dev.weir.config.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.config.setting.AlertHolds.Hold;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AlertHoldsTest {

    @Test
    void readsOneTimeOrTwo() {
        assertThat(AlertHolds.parse(" no_server=5s, wait_p95 = 30 / 2min ,").times())
                .containsOnlyKeys("no_server", "wait_p95")
                .containsEntry("no_server", new Hold(Duration.ofSeconds(5), null))
                .containsEntry("wait_p95", new Hold(Duration.ofSeconds(30), Duration.ofMinutes(2)));
        assertThat(AlertHolds.parse("").times()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no_servers=5s | there is no rule 'no_servers'",
                "no_server | the time of no_server is missing",
                "no_server=soon | a time of no_server: not a duration",
                "no_server=5s/ | a time of no_server: empty",
                "no_server=5s/5s/5s | no_server has more than two times",
                "no_server=2h | a time of no_server is longer than an hour",
                "no_server=1s,no_server=2s | no_server is there twice"
            })
    void saysWhatIsWrong(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertHolds.parse(text))
                .withMessage(reason);
    }
}
