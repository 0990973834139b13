package dev.weir.console.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.setting.AlertHolds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AlertTrackerTest {

    private static final Instant START = Instant.parse("2026-07-10T12:00:00Z");
    private static final Duration RAISE_AFTER = Duration.ofSeconds(10);
    private static final Duration CLEAR_AFTER = Duration.ofSeconds(30);
    private static final HoldTimes HOLDS =
            new HoldTimes(RAISE_AFTER, CLEAR_AFTER, AlertHolds.parse("pinned=1min/5min"));

    private final AlertTracker tracker = new AlertTracker();

    @Test
    void raisesOnceWhatLasts() {
        assertThat(at(0, "full")).isEmpty();
        assertThat(tracker.alerts()).extracting(Alert::state).containsExactly(AlertState.PENDING);
        assertThat(at(9, "full")).isEmpty();
        List<AlertChange> changes = at(10, "full");
        assertThat(changes).hasSize(1);
        assertThat(changes.getFirst().raised()).isTrue();
        assertThat(changes.getFirst().alert().raisedAt()).isEqualTo(START.plusSeconds(10));
        assertThat(changes.getFirst().alert().since()).isEqualTo(START);
        assertThat(at(11, "full")).isEmpty();
        assertThat(at(100, "full")).isEmpty();
    }

    @Test
    void forgetsWhatDoesNotLast() {
        at(0, "full");
        assertThat(at(5)).isEmpty();
        assertThat(tracker.alerts()).isEmpty();
        assertThat(at(6, "full")).isEmpty();
        assertThat(at(10, "full")).isEmpty();
        assertThat(at(16, "full")).hasSize(1);
    }

    @Test
    void clearsOnlyWhatStaysAway() {
        at(0, "full");
        at(10, "full");
        assertThat(at(20)).isEmpty();
        assertThat(at(39)).isEmpty();
        assertThat(at(39, "full")).isEmpty();
        assertThat(at(68)).isEmpty();
        List<AlertChange> changes = at(69);
        assertThat(changes).hasSize(1);
        assertThat(changes.getFirst().raised()).isFalse();
        assertThat(changes.getFirst().alert().clearedAt()).isEqualTo(START.plusSeconds(69));
        assertThat(tracker.alerts()).extracting(Alert::state).containsExactly(AlertState.CLEARED);
        assertThat(at(70)).isEmpty();
        at(69 + 3601);
        assertThat(tracker.alerts()).isEmpty();
    }

    @Test
    void flappingTellsNothingTwice() {
        at(0, "full");
        at(10, "full");
        long changes = IntStream.range(11, 600)
                .mapToLong(second -> (second % 7 == 0 ? at(second, "full") : at(second)).size())
                .sum();
        assertThat(changes).isZero();
    }

    @Test
    void showsTheMostUrgentFirst() {
        at(0, "a", "!b");
        at(5, "a", "!b", "c", "!d");
        at(10, "a", "!b", "c", "!d");
        assertThat(tracker.alerts())
                .extracting(alert -> alert.key().database() + " " + alert.state())
                .containsExactly("b ACTIVE", "a ACTIVE", "d PENDING", "c PENDING");
    }

    @Test
    void raisesAtOnceWhereNoTimeIsToPass() {
        assertThat(tracker.update(
                        List.of(finding("x")),
                        0,
                        START,
                        new HoldTimes(Duration.ZERO, Duration.ZERO, AlertHolds.parse(""))))
                .hasSize(1);
        assertThat(tracker.update(
                        List.of(), 1, START, new HoldTimes(Duration.ZERO, Duration.ZERO, AlertHolds.parse(""))))
                .hasSize(1);
    }

    @Test
    void doesNotGrowWithoutBound() {
        List<Finding> many =
                IntStream.range(0, 5_000).mapToObj(i -> finding("db" + i)).toList();
        tracker.update(many, 0, START, HOLDS);
        assertThat(tracker.alerts()).hasSize(1_000);
        tracker.update(many, RAISE_AFTER.toNanos(), START, HOLDS);
        tracker.update(List.of(), Duration.ofHours(1).toNanos(), START, HOLDS);
        assertThat(tracker.alerts()).hasSize(50);
    }

    @Test
    void aRuleMayHaveTimesOfItsOwn() {
        List<Finding> both = List.of(
                finding("x"), new Finding(new AlertKey("pinned", Severity.WARNING, "x", "u"), "pinned", 60, 50));
        assertThat(tracker.update(both, 0, START, HOLDS)).isEmpty();
        assertThat(update(both, 10))
                .extracting(change -> change.alert().key().rule())
                .containsExactly("max_wait");
        assertThat(update(both, 60))
                .extracting(change -> change.alert().key().rule())
                .containsExactly("pinned");
        assertThat(update(List.of(), 90))
                .extracting(change -> change.alert().key().rule())
                .containsExactly("max_wait");
        assertThat(update(List.of(), 359)).isEmpty();
        assertThat(update(List.of(), 360))
                .extracting(change -> change.alert().key().rule())
                .containsExactly("pinned");
    }

    @Test
    void everyRuleCanBeGivenTimes() {
        assertThat(AlertHolds.RULES).containsAll(AlertRule.names());
    }

    private List<AlertChange> update(List<Finding> findings, int second) {
        return tracker.update(findings, Duration.ofSeconds(second).toNanos(), START.plusSeconds(second), HOLDS);
    }

    private List<AlertChange> at(int second, String... names) {
        List<Finding> findings =
                List.of(names).stream().map(AlertTrackerTest::finding).toList();
        return tracker.update(findings, Duration.ofSeconds(second).toNanos(), START.plusSeconds(second), HOLDS);
    }

    /// @param name with a `!` in front for what is critical
    private static Finding finding(String name) {
        Severity severity = name.startsWith("!") ? Severity.CRITICAL : Severity.WARNING;
        return new Finding(new AlertKey("max_wait", severity, name.replace("!", ""), "u"), "it is " + name, 2, 1);
    }
}
