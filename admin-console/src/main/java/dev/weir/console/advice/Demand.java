package dev.weir.console.advice;

/// What one pool was asked in its busiest minute of the last quarter of an hour. Immutable.
///
/// @param ratePerSecond how often a client got a server
/// @param load how many servers were busy on average
/// @param waiting how many clients stood in line on average
/// @param waitP95Nanos how long 95 of 100 checkouts waited at most
public record Demand(double ratePerSecond, double load, double waiting, long waitP95Nanos) {

    /// Nobody came.
    public static final Demand NONE = new Demand(0, 0, 0, 0);

    /// How long a client kept its server on average, by Little's law.
    public double serviceSeconds() {
        return ratePerSecond == 0 ? 0 : load / ratePerSecond;
    }
}
