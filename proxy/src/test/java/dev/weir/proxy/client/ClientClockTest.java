package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.stats.Histogram;
import dev.weir.proxy.stats.PoolCounters;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ClientClockTest {

    private final PoolCounters counters = new PoolCounters();
    private final ClientClock clock = new ClientClock(() -> counters);

    private static long count(Histogram histogram) {
        return Arrays.stream(histogram.counts()).sum();
    }

    @Test
    void aQueryOfItsOwnIsATransactionToo() {
        clock.onQueryStart(100);
        assertThat(clock.isQueryRunning()).isTrue();
        assertThat(clock.isTransactionOpen()).isTrue();
        assertThat(clock.queryAgeNanos(150)).isEqualTo(50);
        assertThat(clock.requestMillis()).isPositive();

        clock.onQueryEnd(160, true);

        assertThat(clock.isQueryRunning()).isFalse();
        assertThat(clock.isTransactionOpen()).isFalse();
        assertThat(clock.queryAgeNanos(200)).isZero();
        assertThat(counters.queries).isEqualTo(1);
        assertThat(counters.transactions).isEqualTo(1);
        assertThat(counters.queryNanos).isEqualTo(60);
        assertThat(counters.transactionNanos).isEqualTo(60);
    }

    @Test
    void theWaitForAServerCountsInTheTimesButNotInTheHistograms() {
        clock.onQueryStart(100);
        clock.onAssigned(130);
        clock.onQueryEnd(160, true);

        assertThat(counters.queryNanos).isEqualTo(60);
        assertThat(counters.transactionNanos).isEqualTo(60);
        assertThat(counters.query.sumNanos()).isEqualTo(30);
        assertThat(counters.transaction.sumNanos()).isEqualTo(30);
    }

    @Test
    void aTransactionLastsFromItsFirstQueryToTheEndOfItsLast() {
        clock.onQueryStart(100);
        clock.onAssigned(110);
        clock.onQueryEnd(120, false);
        clock.onQueryStart(200);
        assertThat(clock.isTransactionOpen()).isTrue();
        clock.onQueryEnd(230, true);

        assertThat(counters.queries).isEqualTo(2);
        assertThat(counters.transactions).isEqualTo(1);
        assertThat(counters.queryNanos).isEqualTo(20 + 30);
        assertThat(counters.query.sumNanos()).isEqualTo(10 + 30);
        assertThat(counters.transactionNanos).isEqualTo(130);
        assertThat(counters.transaction.sumNanos()).isEqualTo(120);
        assertThat(count(counters.transaction)).isEqualTo(1);
    }

    @Test
    void aRequestThatNeverGotAServerHasNoTime() {
        clock.onQueryStart(100);
        clock.onAbandoned();

        assertThat(clock.isQueryRunning()).isFalse();
        assertThat(clock.isTransactionOpen()).isFalse();
        assertThat(counters.queryNanos).isZero();
        assertThat(count(counters.query)).isZero();
        clock.onQueryStart(200);
        assertThat(counters.transactions).isEqualTo(2);
    }

    @Test
    void beforeTheFirstQueryThereIsNothingToTell() {
        assertThat(clock.requestMillis()).isZero();
        assertThat(clock.queryAgeNanos(1)).isZero();
    }
}
