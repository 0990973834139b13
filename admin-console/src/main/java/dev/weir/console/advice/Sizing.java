package dev.weir.console.advice;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How large a pool should be. Immutable.
///
/// @param poolSize how large it is; 0 for no limit
/// @param demand what it was asked
/// @param recommended the fewest servers with which 95 of 100 checkouts wait no longer than is wished; 0 if nobody came
/// @param expectedP95Seconds how long those wait at most with so many
/// @param saturated whether the pool was so full that more was wanted than could be measured
public record Sizing(int poolSize, Demand demand, int recommended, double expectedP95Seconds, boolean saturated) {

    private static final double SHARE = 0.95;
    private static final double FULL = 0.95;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    /// By the formula of Erlang. Where a pool is full, what arrives is no measure of what is wanted; then all who stand
    /// in line are counted as if they had a server.
    ///
    /// @param target how long 95 of 100 checkouts may wait at most
    public static Sizing of(int poolSize, Demand demand, Duration target) {
        double rate = demand.ratePerSecond();
        if (rate == 0 && demand.load() + demand.waiting() == 0) {
            return new Sizing(poolSize, demand, 0, 0, false);
        }
        boolean saturated = poolSize > 0 && demand.load() >= FULL * poolSize;
        double wanted = saturated ? demand.load() + demand.waiting() : demand.load();
        double load = Math.min(wanted, ErlangC.SERVERS_MAX - 1);
        double service = rate == 0 ? 1 : demand.load() / rate;
        int recommended = ErlangC.serversFor(load, service, SHARE, target.toNanos() / NANOS_PER_SECOND);
        return new Sizing(
                poolSize, demand, recommended, ErlangC.waitQuantile(recommended, load, service, SHARE), saturated);
    }

    /// The share of the pool that was busy; null without a limit.
    public @Nullable Long utilizationPercent() {
        return poolSize == 0 ? null : Math.round(100 * demand.load() / poolSize);
    }

    /// Whether the pool is smaller than it should be.
    public boolean isTooSmall() {
        return poolSize > 0 && recommended > poolSize;
    }

    /// The numbers in a sentence.
    String explained() {
        if (recommended == 0) {
            return "nobody has asked for a server in the last 15 minutes";
        }
        String product = String.format(
                Locale.ROOT,
                "%.1f checkouts/s x %.1f ms = %.2f of %s servers busy",
                demand.ratePerSecond(),
                demand.serviceSeconds() * MILLIS_PER_SECOND,
                demand.load(),
                poolSize == 0 ? "unlimited" : Integer.toString(poolSize));
        String line = demand.waiting() < 0.05
                ? ""
                : String.format(Locale.ROOT, " and %.1f clients in line", demand.waiting());
        return product
                + line
                + String.format(
                        Locale.ROOT,
                        "; %s%d for a p95 wait of %.1f ms",
                        saturated ? "full, so at least " : "",
                        recommended,
                        expectedP95Seconds * MILLIS_PER_SECOND);
    }
}
