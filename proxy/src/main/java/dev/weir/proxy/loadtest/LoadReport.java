package dev.weir.proxy.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What came of a load test of one target, or of two side by side. Immutable.
 *
 * @param results one for each target, in order; the second is what the first is compared with
 */
public record LoadReport(LoadPlan plan, Criteria criteria, List<LoadResult> results) {

    /**
     * A row of the table of figures.
     *
     * @param text the figure, with its unit
     * @param value the figure alone, for ratios
     */
    record Row(String name, Function<LoadResult, String> text, ToDoubleFunction<LoadResult> value) {}

    /** What is told of each target, in order. */
    static final List<Row> ROWS = rows();

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("requests", r -> Figures.rate(r.throughput()), LoadResult::throughput));
        rows.add(new Row("answered", r -> Figures.count(r.successes()), LoadResult::successes));
        rows.add(new Row("failed", r -> Figures.count(r.failures()), LoadResult::failures));
        rows.add(new Row("success", r -> Figures.percent(r.successPercent()), LoadResult::successPercent));
        latency(rows, "query", LoadResult::query);
        latency(rows, "acquisition", LoadResult::acquisition);
        rows.add(new Row("peak connections", r -> Figures.count(r.peakConnections()), LoadResult::peakConnections));
        rows.add(new Row("peak requests at a time", r -> Figures.count(r.peakActive()), LoadResult::peakActive));
        return List.copyOf(rows);
    }

    private static void latency(List<Row> rows, String name, Function<LoadResult, Latency> latency) {
        part(rows, name + " mean", latency, Latency::mean);
        part(rows, name + " p50", latency, Latency::p50);
        part(rows, name + " p95", latency, Latency::p95);
        part(rows, name + " p99", latency, Latency::p99);
        part(rows, name + " p99.9", latency, Latency::p999);
        part(rows, name + " max", latency, Latency::max);
    }

    private static void part(
            List<Row> rows, String name, Function<LoadResult, Latency> latency, ToDoubleFunction<Latency> part) {
        rows.add(new Row(
                name,
                result -> latency.apply(result).count() == 0
                        ? "-"
                        : Figures.millis(part.applyAsDouble(latency.apply(result))),
                result -> part.applyAsDouble(latency.apply(result))));
    }

    /** Whether the first target, which is the one under test, meets all criteria. */
    public boolean passed() {
        return verdicts().stream().allMatch(Criteria.Verdict::passed);
    }

    List<Criteria.Verdict> verdicts() {
        return criteria.judge(results.getFirst());
    }

    boolean isComparison() {
        return results.size() > 1;
    }

    /** What was done, in one line. */
    String title() {
        return plan.workload().name() + ", " + Figures.count(plan.clients())
                + (plan.clients() == 1 ? " client, " : " clients, ")
                + (plan.isPaced()
                        ? "each with a request every "
                                + Figures.millis(plan.interval().toNanos() / 1e6)
                        : "each as fast as it can")
                + ", " + seconds(plan.duration().toMillis())
                + (plan.rampUp().isZero()
                        ? ""
                        : " after a ramp-up of " + seconds(plan.rampUp().toMillis()))
                + (plan.requestsPerConnection() == 0
                        ? ""
                        : ", a new connection every " + Figures.count(plan.requestsPerConnection()) + " requests");
    }

    /** What the latencies do not tell, empty if nothing. */
    String caveat() {
        return plan.isPaced()
                ? ""
                : "Clients that go as fast as they can ask less while answers are slow: the latencies hide what was not"
                        + " asked meanwhile. An --interval shows it.";
    }

    private static String seconds(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
