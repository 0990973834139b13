package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.PinMode;
import dev.weir.config.PoolMode;
import dev.weir.proxy.client.ClientTimers.Limit;
import dev.weir.proxy.insight.InsightRules;
import dev.weir.proxy.time.ManualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClientTimersTest {

    private static final Duration NONE = Duration.ZERO;

    private final ManualLoop loop = new ManualLoop(Long.MAX_VALUE - 1_000);
    private final List<Limit> expired = new ArrayList<>();

    private ClientTimers timers(
            Duration wait, Duration notify, Duration query, Duration transaction, Duration idle, Duration client) {
        ClientProfile profile = new ClientProfile(
                PoolMode.TRANSACTION,
                true,
                false,
                PinMode.AUTO,
                0,
                wait,
                notify,
                query,
                transaction,
                idle,
                client,
                false,
                false,
                1 << 20,
                new InsightRules(0, 1, 0, false, 0, false, 0));
        return new ClientTimers(loop.deadlines(), profile, expired::add);
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private void pass(int seconds) {
        loop.advance(seconds(seconds).toNanos());
    }

    @Test
    void whatIsNotConfiguredNeverRunsOutAndCostsNoTimer() {
        ClientTimers timers = timers(NONE, NONE, NONE, NONE, NONE, NONE);

        timers.onIdle(loop.nanoTime());
        timers.onQuery(loop.nanoTime(), true);
        timers.onWait(loop.nanoTime());
        timers.onWaitEnd();
        timers.onQueryEnd(loop.nanoTime(), true);
        timers.stop();

        assertThat(loop.timers()).isZero();
        assertThat(expired).isEmpty();
    }

    @Test
    void aWaitIsAnnouncedFirstAndEndedLater() {
        ClientTimers timers = timers(seconds(10), seconds(5), NONE, NONE, NONE, NONE);

        timers.onWait(loop.nanoTime());
        pass(6);
        assertThat(expired).containsExactly(Limit.QUERY_WAIT_NOTIFY);
        pass(6);

        assertThat(expired).containsExactly(Limit.QUERY_WAIT_NOTIFY, Limit.QUERY_WAIT);
    }

    @Test
    void whoeverGotAServerDoesNotWaitAnyMore() {
        ClientTimers timers = timers(seconds(10), seconds(5), NONE, NONE, NONE, NONE);

        timers.onWait(loop.nanoTime());
        timers.onWaitEnd();
        pass(60);

        assertThat(expired).isEmpty();
    }

    @Test
    void eachQueryHasATimeOfItsOwnAndTheTransactionOneForAll() {
        ClientTimers timers = timers(NONE, NONE, seconds(10), seconds(25), NONE, NONE);

        timers.onQuery(loop.nanoTime(), true);
        pass(9);
        timers.onQueryEnd(loop.nanoTime(), true);
        pass(9);
        timers.onQuery(loop.nanoTime(), false);
        pass(6);
        assertThat(expired).isEmpty();
        pass(2);
        assertThat(expired).containsExactly(Limit.TRANSACTION);
        pass(3);
        assertThat(expired).containsExactly(Limit.TRANSACTION, Limit.QUERY);
    }

    @Test
    void theEndOfATransactionEndsItsClock() {
        ClientTimers timers = timers(NONE, NONE, NONE, seconds(10), NONE, NONE);

        timers.onQuery(loop.nanoTime(), true);
        timers.onQueryEnd(loop.nanoTime(), false);
        pass(60);

        assertThat(expired).isEmpty();
    }

    @Test
    void aTransactionIsIdleBetweenItsQueriesOnly() {
        ClientTimers timers = timers(NONE, NONE, NONE, NONE, seconds(10), NONE);

        timers.onQuery(loop.nanoTime(), true);
        pass(20);
        timers.onQueryEnd(loop.nanoTime(), true);
        pass(9);
        timers.onQuery(loop.nanoTime(), false);
        pass(20);
        assertThat(expired).isEmpty();
        timers.onQueryEnd(loop.nanoTime(), true);
        pass(11);

        assertThat(expired).containsExactly(Limit.IDLE_TRANSACTION);
    }

    @Test
    void aClientIsIdleWhileItAsksForNothing() {
        ClientTimers timers = timers(NONE, NONE, NONE, NONE, NONE, seconds(10));

        timers.onIdle(loop.nanoTime());
        pass(9);
        timers.onQuery(loop.nanoTime(), true);
        pass(20);
        timers.onQueryEnd(loop.nanoTime(), false);
        assertThat(expired).isEmpty();
        timers.onIdle(loop.nanoTime());
        pass(11);

        assertThat(expired).containsExactly(Limit.IDLE);
    }

    @Test
    void nothingRunsOutBehindTheEnd() {
        ClientTimers timers = timers(seconds(1), seconds(1), seconds(1), seconds(1), seconds(1), seconds(1));
        timers.onIdle(loop.nanoTime());
        timers.onQuery(loop.nanoTime(), true);
        timers.onWait(loop.nanoTime());
        timers.onQueryEnd(loop.nanoTime(), true);
        timers.onIdle(loop.nanoTime());

        timers.stop();
        pass(60);

        assertThat(expired).isEmpty();
    }
}
