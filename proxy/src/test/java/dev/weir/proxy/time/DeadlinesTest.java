package dev.weir.proxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {

    private static final long MILLI = 1_000_000;

    /** Close to where nanoTime runs over, which it may do at any time. */
    private final ManualLoop loop = new ManualLoop(Long.MAX_VALUE - 20 * MILLI);

    private final Deadlines deadlines = loop.deadlines();
    private final List<String> fired = new ArrayList<>();

    @Test
    void firesOnceWhenItsTimeHasComeAndNotBefore() {
        Deadline deadline = create(50, "query");
        deadline.arm(loop.nanoTime());

        loop.advance(50 * MILLI - 1);
        assertThat(fired).isEmpty();
        assertThat(deadline.isArmed()).isTrue();

        loop.advance(MILLI);
        assertThat(fired).containsExactly("query");
        assertThat(deadline.isArmed()).isFalse();

        loop.advance(1000 * MILLI);
        assertThat(fired).hasSize(1);
        assertThat(loop.timers()).isZero();
    }

    @Test
    void noLengthMeansNoDeadline() {
        assertThat(deadlines.create(Duration.ZERO, () -> {})).isNull();
    }

    @Test
    void armingAnArmedDeadlineStartsItsClockOver() {
        Deadline deadline = create(50, "idle");
        deadline.arm(loop.nanoTime());
        loop.advance(40 * MILLI);
        deadline.arm(loop.nanoTime());

        loop.advance(40 * MILLI);
        assertThat(fired).isEmpty();

        loop.advance(10 * MILLI);
        assertThat(fired).containsExactly("idle");
    }

    @Test
    void aDisarmedDeadlineDoesNotFire() {
        Deadline deadline = create(50, "idle");
        deadline.disarm();
        deadline.arm(loop.nanoTime());
        deadline.disarm();
        deadline.disarm();

        loop.advance(1000 * MILLI);

        assertThat(fired).isEmpty();
    }

    @Test
    void aShorterDeadlineArmedLaterFiresFirst() {
        create(100, "long").arm(loop.nanoTime());
        create(10, "short").arm(loop.nanoTime());

        loop.advance(10 * MILLI);
        assertThat(fired).containsExactly("short");
        loop.advance(90 * MILLI);
        assertThat(fired).containsExactly("short", "long");
    }

    @Test
    void anActionMayArmItselfAndDisarmOthers() {
        Deadline victim = create(10, "victim");
        Deadline[] self = new Deadline[1];
        self[0] = Objects.requireNonNull(deadlines.create(Duration.ofMillis(10), () -> {
            fired.add("self");
            victim.disarm();
            if (fired.size() < 3) {
                self[0].arm(loop.nanoTime());
            }
        }));
        self[0].arm(loop.nanoTime());
        victim.arm(loop.nanoTime());

        loop.advance(100 * MILLI);

        assertThat(fired).containsExactly("self", "self", "self");
    }

    @Test
    void anActionThatFailsStopsNoOtherClock() {
        Deadline failing = Objects.requireNonNull(deadlines.create(Duration.ofMillis(10), () -> {
            throw new IllegalStateException("on purpose");
        }));
        failing.arm(loop.nanoTime());
        create(10, "same length").arm(loop.nanoTime());
        create(20, "longer").arm(loop.nanoTime());

        loop.advance(20 * MILLI);

        assertThat(fired).containsExactly("same length", "longer");
    }

    @Test
    void oneTimerIsEnoughHoweverOftenShortDeadlinesFire() {
        create(60_000, "long").arm(loop.nanoTime());
        Deadline shorter = create(1, "short");
        for (int i = 0; i < 1000; i++) {
            shorter.arm(loop.nanoTime());
            assertThat(loop.timers()).isEqualTo(1);
            loop.advance(2 * MILLI);
            assertThat(loop.timers()).isEqualTo(1);
        }
        assertThat(fired).hasSize(1000);
    }

    @Test
    void theLongestDurationNeverComes() {
        Deadline never =
                Objects.requireNonNull(deadlines.create(Duration.ofSeconds(Long.MAX_VALUE), () -> fired.add("never")));
        never.arm(loop.nanoTime());
        create(10, "soon").arm(loop.nanoTime());

        loop.advance(Duration.ofDays(10_000).toNanos());

        assertThat(fired).containsExactly("soon");
        assertThat(never.isArmed()).isTrue();
    }

    @Test
    void firesAllThatIsDueAndNothingElseWhateverIsArmedAndDisarmed() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        List<Deadline> all = new ArrayList<>();
        Map<Integer, Long> dueNanos = new HashMap<>();
        int[] millis = {1, 3, 10, 50, 200};
        for (int i = 0; i < 60; i++) {
            int index = i;
            all.add(Objects.requireNonNull(deadlines.create(Duration.ofMillis(millis[i % millis.length]), () -> {
                assertThat(dueNanos).as("-Dfuzz.seed=%d", seed).containsKey(index);
                long lateNanos = loop.nanoTime() - Objects.requireNonNull(dueNanos.remove(index));
                assertThat(lateNanos).as("-Dfuzz.seed=%d", seed).isBetween(0L, MILLI);
            })));
        }
        for (int step = 0; step < 20_000; step++) {
            int index = random.nextInt(all.size());
            switch (random.nextInt(3)) {
                case 0 -> {
                    dueNanos.put(index, loop.nanoTime() + millis[index % millis.length] * MILLI);
                    all.get(index).arm(loop.nanoTime());
                }
                case 1 -> {
                    dueNanos.remove(index);
                    all.get(index).disarm();
                }
                default -> loop.advance(random.nextLong(3 * MILLI));
            }
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).isArmed()).as("-Dfuzz.seed=%d", seed).isEqualTo(dueNanos.containsKey(i));
            }
            dueNanos.values()
                    .forEach(due -> assertThat(loop.nanoTime() - due)
                            .as("-Dfuzz.seed=%d, overdue", seed)
                            .isLessThanOrEqualTo(MILLI));
            assertThat(loop.timers()).as("-Dfuzz.seed=%d", seed).isLessThanOrEqualTo(1);
        }
    }

    private Deadline create(long millis, String name) {
        return Objects.requireNonNull(deadlines.create(Duration.ofMillis(millis), () -> fired.add(name)));
    }
}
