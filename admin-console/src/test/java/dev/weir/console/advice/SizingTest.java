package dev.weir.console.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SizingTest {

    private static final Duration TARGET = Duration.ofMillis(10);

    @Test
    void aPoolThatIsLargeEnough() {
        Sizing sizing = Sizing.of(20, new Demand(400, 1.6, 0, 0), TARGET);
        assertThat(sizing.recommended()).isEqualTo(3);
        assertThat(sizing.isTooSmall()).isFalse();
        assertThat(sizing.utilizationPercent()).isEqualTo(8);
        assertThat(sizing.explained())
                .startsWith("400.0 checkouts/s x 4.0 ms = 1.60 of 20 servers busy; 3 for a p95 wait of ");
    }

    @Test
    void aPoolThatIsTooSmall() {
        // 90 % busy, 50 ms each: with ten servers one in twenty waits longer than a tenth of a second
        Sizing sizing = Sizing.of(10, new Demand(180, 9, 4, 0), TARGET);
        assertThat(sizing.saturated()).isFalse();
        assertThat(sizing.isTooSmall()).isTrue();
        assertThat(ErlangC.waitQuantile(sizing.recommended(), 9, 0.05, 0.95)).isLessThanOrEqualTo(0.010);
        assertThat(sizing.expectedP95Seconds()).isLessThanOrEqualTo(0.010);
        assertThat(sizing.explained()).contains("9.00 of 10 servers busy and 4.0 clients in line");
    }

    @Test
    void whereItIsFullWhoWaitsCounts() {
        Sizing sizing = Sizing.of(2, new Demand(100, 2, 10, 500_000_000), TARGET);
        assertThat(sizing.saturated()).isTrue();
        assertThat(sizing.recommended()).isGreaterThan(12);
        assertThat(sizing.explained()).contains("; full, so at least ");
    }

    @Test
    void nobodyCame() {
        Sizing sizing = Sizing.of(20, Demand.NONE, TARGET);
        assertThat(sizing.recommended()).isZero();
        assertThat(sizing.isTooSmall()).isFalse();
        assertThat(sizing.explained()).isEqualTo("nobody has asked for a server in the last 15 minutes");
    }

    @Test
    void withoutALimitThereIsNoUtilization() {
        Sizing sizing = Sizing.of(0, new Demand(100, 50, 0, 0), TARGET);
        assertThat(sizing.utilizationPercent()).isNull();
        assertThat(sizing.isTooSmall()).isFalse();
        assertThat(sizing.recommended()).isGreaterThan(50);
    }

    @Test
    void sessionsThatNobodyLeavesHaveNoRate() {
        Sizing sizing = Sizing.of(10, new Demand(0, 6, 0, 0), TARGET);
        assertThat(sizing.recommended()).isGreaterThan(6);
        assertThat(sizing.expectedP95Seconds()).isFinite();
    }
}
