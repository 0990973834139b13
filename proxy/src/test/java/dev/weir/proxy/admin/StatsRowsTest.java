package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.StatsSnapshot;
import dev.weir.proxy.pool.PoolKey;
import dev.weir.proxy.stats.PoolCounters;
import org.junit.jupiter.api.Test;

final class StatsRowsTest {

    private static final long MILLISECOND = 1_000_000;

    @Test
    void countersOfTwoLoopsAreAddedUp() {
        PoolCounters one = counters(1);
        PoolCounters other = counters(100);

        StatsSnapshot row = StatsRows.row(new PoolKey("shop", "app"), StatsRows.sum(one, other));

        assertThat(row.database()).isEqualTo("shop");
        assertThat(row.user()).isEqualTo("app");
        assertThat(row.serverAssignments()).isEqualTo(101);
        assertThat(row.serversMovedIn()).isEqualTo(202);
        assertThat(row.clientsMovedIn()).isEqualTo(1_717);
        assertThat(row.transactions()).isEqualTo(303);
        assertThat(row.queries()).isEqualTo(404);
        assertThat(row.receivedBytes()).isEqualTo(505);
        assertThat(row.sentBytes()).isEqualTo(606);
        assertThat(row.transactionNanos()).isEqualTo(707);
        assertThat(row.queryNanos()).isEqualTo(808);
        assertThat(row.waitNanos()).isEqualTo(909);
        assertThat(row.clientParses()).isEqualTo(1010);
        assertThat(row.serverParses()).isEqualTo(1111);
        assertThat(row.binds()).isEqualTo(1212);
        assertThat(row.clientLogins()).isEqualTo(1313);
        assertThat(row.waitTimes().sumNanos()).isEqualTo(101 * MILLISECOND);
        assertThat(row.queryTimes().sumNanos()).isEqualTo(202 * MILLISECOND);
        assertThat(row.transactionTimes().sumNanos()).isEqualTo(303 * MILLISECOND);
    }

    @Test
    void theSumLeavesWhatItAddsAlone() {
        PoolCounters one = counters(1);

        StatsRows.sum(one, counters(100));

        assertThat(one.queries).isEqualTo(4);
        assertThat(one.wait.sumNanos()).isEqualTo(MILLISECOND);
    }

    @Test
    void durationsKeepTheirBuckets() {
        PoolCounters counters = new PoolCounters();
        counters.query.record(3 * MILLISECOND);
        counters.query.record(4 * MILLISECOND);
        counters.query.record(1_000_000 * MILLISECOND);

        HistogramSnapshot times =
                StatsRows.row(new PoolKey("shop", "app"), counters).queryTimes();

        assertThat(countUpTo(times, 5 * MILLISECOND)).isEqualTo(2);
        assertThat(countUpTo(times, Long.MAX_VALUE)).isEqualTo(1);
        assertThat(times.total()).isEqualTo(3);
    }

    private static long countUpTo(HistogramSnapshot times, long bound) {
        for (int bucket = 0; bucket < times.buckets(); bucket++) {
            if (times.upperBoundNanos(bucket) == bound) {
                return times.count(bucket);
            }
        }
        throw new AssertionError("no bucket ends at " + bound);
    }

    private static PoolCounters counters(long factor) {
        PoolCounters counters = new PoolCounters();
        counters.serverAssignments = factor;
        counters.serversMovedIn = 2 * factor;
        counters.clientsMovedIn = 17 * factor;
        counters.transactions = 3 * factor;
        counters.queries = 4 * factor;
        counters.receivedBytes = 5 * factor;
        counters.sentBytes = 6 * factor;
        counters.transactionNanos = 7 * factor;
        counters.queryNanos = 8 * factor;
        counters.waitNanos = 9 * factor;
        counters.clientParses = 10 * factor;
        counters.serverParses = 11 * factor;
        counters.binds = 12 * factor;
        counters.clientLogins = 13 * factor;
        counters.wait.record(factor * MILLISECOND);
        counters.query.record(2 * factor * MILLISECOND);
        counters.transaction.record(3 * factor * MILLISECOND);
        return counters;
    }
}
