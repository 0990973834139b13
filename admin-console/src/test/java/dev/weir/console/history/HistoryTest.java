package dev.weir.console.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.console.InMemoryPooler;
import dev.weir.console.port.LoginFailureSnapshot;
import dev.weir.console.port.PinCountSnapshot;
import dev.weir.console.port.StatsSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HistoryTest {

    private static final long STEP_NANOS = History.STEP.toNanos();
    private static final Instant START = Instant.parse("2026-07-10T12:00:00Z");

    private final History history = new History();

    @Test
    void tellsWhatHasHappenedBetweenTwoReadings() {
        history.add(reading(0, 0, 0), reading(1, 1, 2), List.of(InMemoryPooler.pool("shop", "alice")));

        History.TimedPoint step =
                history.points(new PoolName("shop", "alice"), null).getFirst();
        assertThat(step.time()).isEqualTo(START.plusSeconds(5));
        // 30 queries, 20 transactions, 10 assignments of which 3 waited, 2 of them up to a second.
        assertThat(step.point().queriesPerSecond()).isEqualTo(6);
        assertThat(step.point().transactionsPerSecond()).isEqualTo(4);
        assertThat(step.point().waitP50Seconds()).isZero();
        assertThat(step.point().waitP95Seconds()).isBetween(0.5f, 1f);
        assertThat(step.point().queryP50Seconds()).isBetween(0.001f, 1f);
        assertThat(step.point().serversBusy()).isEqualTo(22);
        assertThat(step.point().clientsWaiting()).isEqualTo(2);
        assertThat(step.point().serversPinned()).isEqualTo(2);
        // bob: twice as much, and no snapshot of his pool.
        assertThat(history.points(null, null).getFirst().point().queriesPerSecond())
                .isEqualTo(6 + 12);
        assertThat(history.points(new PoolName("shop", "carol"), null)
                        .getFirst()
                        .point())
                .isEqualTo(Point.ZERO);
    }

    @Test
    void forgetsTheOldestAndTellsWhatIsNew() {
        for (int i = 0; i < History.STEPS + 10; i++) {
            history.add(reading(i, i, 0), reading(i + 1, i + 1, 0), List.of());
        }
        List<History.TimedPoint> all = history.points(null, null);
        assertThat(all).hasSize(History.STEPS);
        assertThat(all.getFirst().time()).isEqualTo(START.plusSeconds(55));
        assertThat(history.points(null, all.get(History.STEPS - 3).time())).hasSize(2);
    }

    @Test
    void aPoolThatBeginsAnewIsNotBehind() {
        history.add(reading(0, 9, 0), reading(1, 1, 0), List.of());
        assertThat(history.points(new PoolName("shop", "alice"), null)
                        .getFirst()
                        .point()
                        .queriesPerSecond())
                .isEqualTo(6);
    }

    @Test
    void keepsNoMorePoolsThanItMay() {
        List<StatsSnapshot> stats = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            stats.add(InMemoryPooler.stats("db" + i, "u", 1));
        }
        Reading later = Reading.of(STEP_NANOS, START, stats, List.of(), List.of());
        history.add(Reading.none(0, START), later, List.of());
        long kept = stats.stream()
                .filter(each -> !history.points(new PoolName(each.database(), "u"), null)
                        .getFirst()
                        .point()
                        .equals(Point.ZERO))
                .count();
        assertThat(kept).isEqualTo(200);
        assertThat(history.points(null, null).getFirst().point().queriesPerSecond())
                .isEqualTo(300 * 6);
    }

    @Test
    void addsUpFailedLoginsByDatabase() {
        Reading reading = Reading.of(
                0,
                START,
                List.of(),
                List.of(),
                List.of(new LoginFailureSnapshot("shop", "28P01", 2), new LoginFailureSnapshot("shop", "53300", 3)));
        assertThat(reading.loginFailures()).isEqualTo(Map.of("shop", 5L));
    }

    private static Reading reading(int step, long factor, int pinned) {
        return Reading.of(
                step * STEP_NANOS,
                START.plusSeconds(5L * step),
                factor == 0
                        ? List.of()
                        : List.of(
                                InMemoryPooler.stats("shop", "alice", factor),
                                InMemoryPooler.stats("shop", "bob", 2 * factor)),
                List.of(new PinCountSnapshot("shop", "alice", pinned, Map.of())),
                List.of());
    }
}
