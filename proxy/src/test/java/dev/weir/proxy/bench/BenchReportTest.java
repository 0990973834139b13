package dev.weir.proxy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class BenchReportTest {

    private static final Series DIRECT = new Series("PostgreSQL", List.of(rate(300), rate(200), rate(250)), null);
    private static final Series PGBOUNCER = new Series(
            "PgBouncer 1.25.2", List.of(rateAndCpu(100, 10), rateAndCpu(200, 30), rateAndCpu(400, 20)), null);
    private static final Series WEIR =
            new Series("Weir", List.of(rateAndCpu(110, 9), rateAndCpu(180, 27), rateAndCpu(420, 22)), null);
    private static final WorkloadResult SIMPLE =
            new WorkloadResult("simple", "32 clients", "transaction", List.of(DIRECT, PGBOUNCER, WEIR));
    private static final WorkloadResult PREPARED = new WorkloadResult(
            "prepared",
            "prepared | statements",
            "transaction",
            List.of(DIRECT, new Series("PgBouncer 1.25.2", List.of(), "pgbench: no such\nstatement"), WEIR));
    private static final BenchReport REPORT = new BenchReport(
            "2 x a processor",
            "3 rounds of 1 s each",
            List.of("PostgreSQL", "PgBouncer 1.25.2", "Weir"),
            List.of("pgbench 15."),
            List.of(SIMPLE, PREPARED));

    private static Map<Metric, Double> rate(double rate) {
        return Map.of(Metric.RATE, rate);
    }

    private static Map<Metric, Double> rateAndCpu(double rate, double cpu) {
        return Map.of(Metric.RATE, rate, Metric.CPU, cpu);
    }

    @Test
    void takesTheMedian() {
        assertThat(Statistics.median(List.of())).isEmpty();
        assertThat(Statistics.median(List.of(3.0))).hasValue(3);
        assertThat(Statistics.median(List.of(9.0, 1.0, 3.0))).hasValue(3);
        assertThat(Statistics.median(List.of(9.0, 1.0, 3.0, 4.0))).hasValue(3.5);
    }

    @Test
    void takesTheMedianOfTheRatiosOfEachRound() {
        assertThat(WEIR.ratio(Metric.RATE, PGBOUNCER).orElseThrow()).isEqualTo(1.05, within(1e-9));
        assertThat(WEIR.ratio(Metric.CPU, PGBOUNCER).orElseThrow()).isEqualTo(0.9, within(1e-9));
        assertThat(WEIR.ratio(Metric.PSS, PGBOUNCER)).isEqualTo(OptionalDouble.empty());
        assertThat(WEIR.ratio(Metric.CPU, DIRECT)).isEqualTo(OptionalDouble.empty());
    }

    @Test
    void comparesWithPgBouncerOrWithoutItWithPostgres() {
        assertThat(REPORT.reference()).isEqualTo("PgBouncer 1.25.2");
        assertThat(REPORT.compared()).containsExactly("Weir");
        BenchReport without =
                new BenchReport("", "", List.of("PostgreSQL", "Weir", "older"), List.of(), List.of(SIMPLE));
        assertThat(without.reference()).isEqualTo("PostgreSQL");
        assertThat(without.compared()).containsExactly("Weir", "older");
    }

    @Test
    void printsATable() {
        assertThat(TextReport.of(REPORT, SIMPLE).replaceAll(" +", " ")).isEqualTo("""
            simple: 32 clients
             PostgreSQL PgBouncer 1.25.2 Weir Weir : PgBouncer
             transactions per second 250 200 180 1.05
             CPU, µs per transaction - 20.00 22.00 0.90
            """);
        assertThat(TextReport.of(REPORT, PREPARED)).contains("not measured: PgBouncer 1.25.2: pgbench: no such");
        assertThat(TextReport.head(REPORT)).isEqualTo("2 x a processor\n3 rounds of 1 s each\npgbench 15.\n");
    }

    @Test
    void writesMarkdown() {
        assertThat(MarkdownReport.of(REPORT)).isEqualTo("""
            2 x a processor. 3 rounds of 1 s each.

            pgbench 15.

            | workload | figure | PostgreSQL | PgBouncer 1.25.2 | Weir | Weir : PgBouncer |
            |---|---|---:|---:|---:|---:|
            | `simple`: 32 clients | transactions per second | 250 | 200 | 180 | 1.05 |
            |  | CPU, µs per transaction | - | 20.00 | 22.00 | 0.90 |
            | `prepared`: prepared \\| statements | transactions per second | 250 | - | 180 | - |
            |  | CPU, µs per transaction | - | - | 22.00 | - |
            |  | not measured: PgBouncer 1.25.2: pgbench: no such statement | | | | |
            """);
    }

    @Test
    void writesJson() {
        assertThat(JsonReport.of(REPORT).replaceAll("\\s+", " "))
                .contains("\"reference\" : \"PgBouncer 1.25.2\"")
                .contains("\"name\" : \"simple\"", "\"unit\" : \"transaction\"")
                .contains("\"median\" : { \"rate\" : 180.0, \"cpu_us\" : 22.0 }")
                .contains("\"ratio\" : { \"rate\" : 1.05,")
                .contains("\"failure\" : \"pgbench: no such\\nstatement\"");
    }

    @Test
    void knowsWhenNothingWasMeasured() {
        assertThat(REPORT.isEmpty()).isFalse();
        assertThat(new BenchReport("", "", List.of("PostgreSQL"), List.of(), List.of()).isEmpty())
                .isTrue();
    }
}
