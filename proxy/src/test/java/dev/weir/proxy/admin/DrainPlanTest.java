package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DrainPlanTest {

    private static final DrainPlan USUAL = DrainPlan.of(Duration.ofSeconds(25), Duration.ofSeconds(5));

    @Test
    void keepsTimeForTheLastSteps() {
        assertThat(USUAL)
                .isEqualTo(new DrainPlan(
                        Duration.ofSeconds(5),
                        Duration.ofMillis(18_500),
                        Duration.ofSeconds(23),
                        Duration.ofSeconds(24),
                        Duration.ofSeconds(25)));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 600", "500, 5000", "25000, 60000", "3600000, 5000"})
    void goesFromStepToStepWhateverTheTimes(long timeoutMillis, long delayMillis) {
        DrainPlan plan = DrainPlan.of(Duration.ofMillis(timeoutMillis), Duration.ofMillis(delayMillis));

        assertThat(plan.end()).isEqualTo(Duration.ofMillis(timeoutMillis));
        assertThat(plan.acceptEnd()).isLessThanOrEqualTo(plan.end().dividedBy(2));
        assertThat(plan.tellEnd()).isBetween(plan.acceptEnd(), plan.cancelTime());
        assertThat(plan.cancelTime()).isLessThan(plan.closeTime());
        assertThat(plan.closeTime()).isLessThan(plan.end());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 134, 135, 1_000, 10_000})
    void tellsEverybodyInTimeAndNobodyInAHurry(int clients) {
        int left = clients;
        int most = 0;
        for (Duration now = USUAL.acceptEnd(); now.compareTo(USUAL.tellEnd()) < 0; now = now.plus(DrainPlan.TICK)) {
            int told = USUAL.share(left, now);
            most = Math.max(most, told);
            left -= told;
        }
        assertThat(left).isZero();
        assertThat(most).isLessThanOrEqualTo(Math.ceilDiv(clients, 135));
    }

    @Test
    void tellsAllWhoAreLeftWhenTheTimeForThatIsOver() {
        assertThat(USUAL.share(500, Duration.ofSeconds(20))).isEqualTo(500);
        assertThat(USUAL.share(0, Duration.ofSeconds(20))).isZero();
    }
}
