package dev.weir.proxy.insight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Whose time and bytes it is where several statements are under way.
final class SentTogetherTest {

    private final SentTogether together = new SentTogether();
    private final QueryCounts begin = counts(1);
    private final QueryCounts slow = counts(2);
    private final QueryCounts quick = counts(3);

    private static QueryCounts counts(long number) {
        return new QueryCounts("shop", "app", number, "text " + number);
    }

    @Test
    void timeIsThatSinceTheEndBefore() {
        together.begin(slow, 1, false, false, 1_000, 70);
        Execution second = together.send(quick, 1, false);
        together.onCommandComplete(null, 5, 100, true);
        long left = together.settle(4_000, 60);
        together.onCommandComplete(second, 1, 20, true);
        together.conclude(4_500, 6, left);

        assertThat(slow.maxNanos()).isEqualTo(3_000);
        assertThat(slow.rows()).isEqualTo(5);
        assertThat(slow.waitNanos()).isEqualTo(70);
        assertThat(slow.sentBytes()).isEqualTo(100);
        assertThat(quick.maxNanos()).isEqualTo(500);
        assertThat(quick.waitNanos()).isZero();
        assertThat(quick.sentBytes()).isEqualTo(26);
        assertThat(slow.receivedBytes() + quick.receivedBytes()).isEqualTo(60);
    }

    @Test
    void whatEndsTogetherSharesTheTimeButForABegin() {
        together.begin(begin, 1, false, false, 0, 0);
        Execution second = together.send(slow, 1, false);
        assertThat(together.send(slow, 1, false)).isSameAs(second);
        together.onCommandComplete(null, 0, 0, false);
        together.onCommandComplete(second, 1, 0, true);
        together.onCommandComplete(second, 1, 0, true);
        together.conclude(1_000, 0, 0);

        assertThat(begin.calls()).isOne();
        assertThat(begin.maxNanos()).isZero();
        assertThat(slow.calls()).isEqualTo(2);
        assertThat(slow.maxNanos()).isEqualTo(500);
    }

    @Test
    void anErrorIsOfTheForemostThatItTakesBack() {
        together.begin(begin, 1, false, false, 0, 0);
        Execution second = together.send(slow, 1, false);
        Execution third = together.send(quick, 1, false);
        together.onCommandComplete(null, 0, 0, false);
        third.skip(); // the last first, as expectations do
        second.undo();
        together.onError(30);
        together.conclude(900, 0, 0);

        assertThat(slow.calls()).isOne();
        assertThat(slow.errors()).isOne();
        assertThat(quick.calls()).isZero();
        assertThat(together.isActive()).isFalse();
    }

    @Test
    void whatHasNotEndedWhenAllIsAnsweredHasEndedThen() {
        together.begin(begin, 1, true, false, 0, 0);
        together.send(slow, 4, true);
        together.conclude(800, 0, 0);

        assertThat(begin.calls()).isOne();
        assertThat(slow.calls()).isEqualTo(4);
        assertThat(begin.maxNanos()).isEqualTo(400);
    }
}
