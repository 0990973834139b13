package dev.weir.console.history;

/// What a pool, or all of them, did in one step of the history. Immutable.
///
/// @param transactionsPerSecond on average
/// @param queriesPerSecond on average
/// @param waitP50Seconds half of all who wanted a server waited no longer; so on
/// @param queryP50Seconds half of all queries took no longer; so on
/// @param serversBusy at its end
/// @param serversConnected at its end
/// @param clientsWaiting at its end
/// @param serversPinned at its end
/// @param connectFailures in it
public record Point(
        float transactionsPerSecond,
        float queriesPerSecond,
        float waitP50Seconds,
        float waitP95Seconds,
        float waitP99Seconds,
        float queryP50Seconds,
        float queryP95Seconds,
        float queryP99Seconds,
        int serversBusy,
        int serversConnected,
        int clientsWaiting,
        int serversPinned,
        int connectFailures) {

    /// Nothing happened.
    public static final Point ZERO = new Point(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static final float NANOS_PER_SECOND = 1e9f;

    /// The levels at the end of a step.
    ///
    /// @param busy servers that serve
    /// @param connected servers
    /// @param waiting clients in line
    /// @param pinned servers that clients keep
    record Levels(int busy, int connected, int waiting, int pinned) {
        static final Levels ZERO = new Levels(0, 0, 0, 0);

        Levels plus(Levels other) {
            return new Levels(
                    busy + other.busy, connected + other.connected, waiting + other.waiting, pinned + other.pinned);
        }
    }

    static Point of(Reading.Counters step, double seconds, Levels levels) {
        return new Point(
                (float) (step.transactions() / seconds),
                (float) (step.queries() / seconds),
                step.waitQuantileNanos(0.5) / NANOS_PER_SECOND,
                step.waitQuantileNanos(0.95) / NANOS_PER_SECOND,
                step.waitQuantileNanos(0.99) / NANOS_PER_SECOND,
                step.queryTimes().quantileNanos(0.5, 0) / NANOS_PER_SECOND,
                step.queryTimes().quantileNanos(0.95, 0) / NANOS_PER_SECOND,
                step.queryTimes().quantileNanos(0.99, 0) / NANOS_PER_SECOND,
                levels.busy(),
                levels.connected(),
                levels.waiting(),
                levels.pinned(),
                (int) Math.min(Integer.MAX_VALUE, step.connectFailures()));
    }
}
