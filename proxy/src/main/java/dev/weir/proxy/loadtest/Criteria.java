package dev.weir.proxy.loadtest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * When a load test counts as passed. Immutable.
 *
 * @param successPercent the share of requests that must go well is more than this
 * @param acquisitionP95 95 % of the connections are there in less
 * @param queryP95 95 % of the requests are answered in less
 * @param queryP99 99 % are; null if that does not matter
 * @param throughput requests per second that must be reached; 0 if that does not matter
 */
public record Criteria(
        double successPercent,
        Duration acquisitionP95,
        Duration queryP95,
        @Nullable Duration queryP99,
        double throughput) {

    /**
     * One criterion, applied.
     *
     * @param name what was measured
     * @param measured as text, with its unit
     * @param limit as text, with {@code <}, {@code >} or {@code ≥}
     */
    public record Verdict(String name, String measured, String limit, boolean passed) {

        @Override
        public String toString() {
            return (passed ? "PASS" : "FAIL") + "  " + name + " " + measured + " (" + limit + ")";
        }
    }

    /** All criteria, applied to what was measured. What was never measured is not passed. */
    public List<Verdict> judge(LoadResult result) {
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(new Verdict(
                "success",
                Figures.percent(result.successPercent()),
                "> " + plain(successPercent) + " %",
                result.successPercent() > successPercent));
        verdicts.add(below(
                "acquisition p95",
                result.acquisition().count(),
                result.acquisition().p95(),
                acquisitionP95));
        verdicts.add(below("query p95", result.query().count(), result.query().p95(), queryP95));
        if (queryP99 != null) {
            verdicts.add(
                    below("query p99", result.query().count(), result.query().p99(), queryP99));
        }
        if (throughput > 0) {
            verdicts.add(new Verdict(
                    "throughput",
                    Figures.rate(result.throughput()),
                    "≥ " + plain(throughput) + "/s",
                    result.throughput() >= throughput));
        }
        return verdicts;
    }

    private static Verdict below(String name, long count, double millis, Duration limit) {
        double allowed = limit.toNanos() / 1e6;
        return new Verdict(
                name,
                count == 0 ? "not measured" : Figures.millis(millis),
                "< " + Figures.millis(allowed),
                count > 0 && millis < allowed);
    }

    private static String plain(double number) {
        return number == Math.rint(number)
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.format(Locale.ROOT, "%s", number);
    }
}
