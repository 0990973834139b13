package dev.weir.console.history;

import dev.weir.console.port.PoolSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The last quarter of an hour in steps of five seconds, altogether and by pool. Bounded: the oldest step goes when a
/// new one
/// comes, and of more pools than are kept the rest are only in the sum. A pool in which nothing happens costs nothing.
/// Thread-safe.
public final class History {

    /// How long a step is.
    public static final Duration STEP = Duration.ofSeconds(5);

    /// How many steps are kept.
    public static final int STEPS = 180;

    private static final int POOLS_MAX = 200;
    private static final double NANOS_PER_SECOND = 1e9;

    /// One step.
    ///
    /// @param time its end
    /// @param all all pools together
    /// @param pools those in which something happened
    private record Step(Instant time, Point all, Map<PoolName, Point> pools) {}

    /// A point and when it was.
    ///
    /// @param time the step's end
    /// @param point what was then
    public record TimedPoint(Instant time, Point point) {}

    private final Deque<Step> steps = new ArrayDeque<>(STEPS);

    /// Takes in what has happened between two readings.
    public void add(Reading earlier, Reading later, List<PoolSnapshot> pools) {
        double seconds = (later.nanos() - earlier.nanos()) / NANOS_PER_SECOND;
        if (seconds <= 0) {
            return;
        }
        Map<PoolName, Point.Levels> levels = new HashMap<>();
        for (PoolSnapshot pool : pools) {
            PoolName name = new PoolName(pool.database(), pool.user());
            levels.put(
                    name,
                    new Point.Levels(
                            pool.serversBusy(),
                            pool.serversConnected(),
                            pool.clientsWaiting(),
                            later.pinned().getOrDefault(name, 0)));
        }
        Set<PoolName> names = new HashSet<>(later.pools().keySet());
        names.addAll(levels.keySet());
        Map<PoolName, Point> points = new HashMap<>();
        Reading.Counters sum = Reading.Counters.ZERO;
        Point.Levels total = Point.Levels.ZERO;
        for (PoolName name : names) {
            Reading.Counters step = later.since(earlier, name);
            Point.Levels level = levels.getOrDefault(name, Point.Levels.ZERO);
            sum = sum.plus(step);
            total = total.plus(level);
            Point point = Point.of(step, seconds, level);
            if (points.size() < POOLS_MAX && !point.equals(Point.ZERO)) {
                points.put(name, point);
            }
        }
        append(new Step(later.time(), Point.of(sum, seconds, total), Map.copyOf(points)));
    }

    private synchronized void append(Step step) {
        if (steps.size() == STEPS) {
            steps.removeFirst();
        }
        steps.addLast(step);
    }

    /// The points of a pool, or of all of them together, the oldest first.
    ///
    /// @param pool which; `null` for all
    /// @param after only those that are later; `null` for all
    public synchronized List<TimedPoint> points(@Nullable PoolName pool, @Nullable Instant after) {
        List<TimedPoint> points = new ArrayList<>(steps.size());
        for (Step step : steps) {
            if (after == null || step.time().isAfter(after)) {
                Point point = pool == null ? step.all() : step.pools().getOrDefault(pool, Point.ZERO);
                points.add(new TimedPoint(step.time(), point));
            }
        }
        return points;
    }
}
