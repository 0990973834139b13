package dev.weir.console.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes alerts of findings: what has been found without a break for long enough is raised, what has not been found for
/// long
/// enough is cleared. So what comes and goes is raised once or not at all. Confined to one thread.
///
/// ```
/// found → PENDING → ACTIVE → CLEARED
///            ↓ not found: forgotten
/// ```
final class AlertTracker {

    /// More at a time tell nobody more.
    private static final int ALERTS_MAX = 1_000;

    private static final int CLEARED_MAX = 50;
    private static final Duration CLEARED_KEPT = Duration.ofHours(1);

    private static final Comparator<Alert> URGENCY = Comparator.comparing(
                    Alert::state, Comparator.comparingInt(state -> switch (state) {
                        case ACTIVE -> 0;
                        case PENDING -> 1;
                        case CLEARED -> 2;
                    }))
            .thenComparing(alert -> alert.key().severity(), Comparator.reverseOrder())
            .thenComparing(Alert::since, Comparator.reverseOrder())
            .thenComparing(alert -> alert.key().toString());

    /// What is known of an alert that is pending or active.
    private static final class Track {
        private Finding finding;
        private final Instant since;
        private final long sinceNanos;
        private long foundNanos;
        private @Nullable Instant raisedAt;

        Track(Finding finding, Instant since, long nowNanos) {
            this.finding = finding;
            this.since = since;
            this.sinceNanos = nowNanos;
            this.foundNanos = nowNanos;
        }

        Alert alert(AlertState state, @Nullable Instant clearedAt) {
            return new Alert(
                    finding.key(),
                    state,
                    finding.summary(),
                    finding.value(),
                    finding.threshold(),
                    since,
                    raisedAt,
                    clearedAt);
        }
    }

    private final Map<AlertKey, Track> tracks = new LinkedHashMap<>();
    private final Deque<Alert> cleared = new ArrayDeque<>();

    /// Takes in what was found just now.
    ///
    /// @param nowNanos of the monotonic clock, by which lengths of time are measured
    /// @param now of the clock on the wall, for people to read
    /// @return what has been raised or cleared by that
    List<AlertChange> update(Collection<Finding> findings, long nowNanos, Instant now, HoldTimes holds) {
        Map<AlertKey, Finding> found = findings.stream()
                .collect(Collectors.toMap(Finding::key, Function.identity(), (one, _) -> one, LinkedHashMap::new));
        List<AlertChange> changes = new ArrayList<>();
        for (Iterator<Track> all = tracks.values().iterator(); all.hasNext(); ) {
            Track track = all.next();
            Finding again = found.remove(track.finding.key());
            if (again != null) {
                track.finding = again;
                track.foundNanos = nowNanos;
            } else if (track.raisedAt == null) {
                all.remove();
            } else if (nowNanos - track.foundNanos
                    >= holds.clearAfter(track.finding.key()).toNanos()) {
                all.remove();
                Alert alert = track.alert(AlertState.CLEARED, now);
                cleared.addFirst(alert);
                changes.add(new AlertChange(alert));
            }
        }
        for (Finding finding : found.values()) {
            if (tracks.size() < ALERTS_MAX) {
                tracks.put(finding.key(), new Track(finding, now, nowNanos));
            }
        }
        for (Track track : tracks.values()) {
            if (track.raisedAt == null
                    && nowNanos - track.sinceNanos
                            >= holds.raiseAfter(track.finding.key()).toNanos()) {
                track.raisedAt = now;
                changes.add(new AlertChange(track.alert(AlertState.ACTIVE, null)));
            }
        }
        forgetOld(now);
        return changes;
    }

    /// Forgets everything.
    void forget() {
        tracks.clear();
        cleared.clear();
    }

    private void forgetOld(Instant now) {
        while (cleared.size() > CLEARED_MAX || (!cleared.isEmpty() && isOld(cleared.getLast(), now))) {
            cleared.removeLast();
        }
    }

    private static boolean isOld(Alert alert, Instant now) {
        Instant at = alert.clearedAt();
        return at != null && at.plus(CLEARED_KEPT).isBefore(now);
    }

    /// All of them, the most urgent first.
    List<Alert> alerts() {
        if (tracks.isEmpty() && cleared.isEmpty()) {
            return List.of();
        }
        List<Alert> alerts = new ArrayList<>();
        tracks.values()
                .forEach(track ->
                        alerts.add(track.alert(track.raisedAt == null ? AlertState.PENDING : AlertState.ACTIVE, null)));
        alerts.addAll(cleared);
        alerts.sort(URGENCY);
        return alerts;
    }
}
