package dev.weir.proxy.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

final class LoadReportTest {

    private static final Criteria USUAL = new Criteria(99, Duration.ofSeconds(1), Duration.ofMillis(500), null, 0);

    @Test
    void allIsWellWhenEveryCriterionIsMet() {
        LoadReport report = report(USUAL, result("pooled", 1000, 0, 3));

        assertThat(report.passed()).isTrue();
        assertThat(TextReport.of(report))
                .startsWith("mixed, 100 clients, each with a request every 100 ms, 10 s after a ramp-up of 1500 ms\n")
                .contains("PASS  success 100.00 % (> 99 %)")
                .contains("PASS  query p95 3.00 ms (< 500 ms)")
                .contains("\nResult: PASS\n")
                .doesNotContain("ratio")
                .doesNotContain("Errors");
    }

    @Test
    void eachCriterionCanFailAlone() {
        Criteria strict = new Criteria(99, Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(600), 60);

        assertThat(failed(report(strict, result("t", 990, 10, 3)))).containsExactly("success");
        assertThat(failed(report(strict, result("t", 1000, 0, 550)))).containsExactly("query p95");
        assertThat(failed(report(strict, result("t", 1000, 0, 700)))).containsExactly("query p95", "query p99");
        assertThat(failed(report(strict, result("t", 500, 0, 3)))).containsExactly("throughput");
    }

    @Test
    void nothingMeasuredIsNotPassed() {
        LoadReport report = report(USUAL, result("t", 0, 20, 0));

        assertThat(failed(report)).containsExactly("success", "query p95");
        assertThat(TextReport.of(report)).contains("query p95 not measured");
    }

    @Test
    void nearlyAllIsNotAll() {
        assertThat(Figures.percent(99.9999)).isEqualTo("99.99 %");
    }

    @Test
    void twoTargetsAreComparedAndOnlyTheFirstIsJudged() {
        LoadReport report = report(USUAL, result("pooled", 1000, 0, 4), result("direct", 2000, 500, 2));

        assertThat(report.passed()).isTrue();
        assertThat(TextReport.of(report))
                .containsPattern("pooled +direct +ratio")
                .containsPattern("requests +100/s +200/s +0.50")
                .contains("Errors of direct")
                .contains("       500  57014 <canceled> & \"quoted\"");
    }

    @Test
    void clientsInAHurryAreToldWhatTheFiguresHide() {
        LoadPlan hurried = new LoadPlan(1, Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO, 5, Workload.simple());

        LoadReport report = new LoadReport(hurried, USUAL, List.of(result("t", 1, 0, 1)));

        assertThat(report.title())
                .isEqualTo("simple, 1 client, each as fast as it can, 10 s, a new connection every 5 requests");
        assertThat(TextReport.of(report)).contains("--interval");
    }

    @Test
    void jsonHasAllOfIt() throws Exception {
        JsonNode json = new ObjectMapper()
                .readTree(JsonReport.of(report(USUAL, result("one", 1000, 5, 3), result("b", 1, 0, 1))));

        assertThat(json.at("/plan/clients").asInt()).isEqualTo(100);
        assertThat(json.at("/plan/interval_ms").asDouble()).isEqualTo(100);
        assertThat(json.at("/passed").asBoolean()).isTrue();
        assertThat(json.at("/criteria")).hasSize(3);
        assertThat(json.at("/targets")).hasSize(2);
        assertThat(json.at("/targets/0/query_ms/p95").asDouble()).isEqualTo(3);
        assertThat(json.at("/targets/0/errors/0/error").asText()).isEqualTo("57014 <canceled> & \"quoted\"");
        assertThat(json.at("/targets/0/samples")).hasSize(2);
    }

    @Test
    void thePageLoadsNothingAndEscapesWhatItShows() throws Exception {
        String page = HtmlReport.of(report(USUAL, result("<script>", 1000, 5, 3), result("b", 1, 0, 1)));

        assertThat(page)
                .contains("&lt;script&gt;", "57014 &lt;canceled&gt; &amp; &quot;quoted&quot;")
                .doesNotContain("<script>", "http:", "https:", "url(", "NaN", "Infinity");
        int plots = 0;
        for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
            String svg = page.substring(at, page.indexOf("</svg>", at) + 6);
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
            plots++;
        }
        assertThat(plots).isEqualTo(6);
    }

    private static List<String> failed(LoadReport report) {
        return report.verdicts().stream()
                .filter(verdict -> !verdict.passed())
                .map(Criteria.Verdict::name)
                .toList();
    }

    private static LoadReport report(Criteria criteria, LoadResult... results) {
        LoadPlan plan = new LoadPlan(
                100, Duration.ofSeconds(10), Duration.ofMillis(1500), Duration.ofMillis(100), 0, Workload.mixed());
        return new LoadReport(plan, criteria, List.of(results));
    }

    private static LoadResult result(String target, long answered, long failed, long millis) {
        Latency query = latency(answered, millis);
        Latency acquisition = latency(100, 5);
        return new LoadResult(
                target,
                Instant.EPOCH,
                10,
                answered,
                answered,
                failed,
                failed == 0 ? Map.of() : Map.of("57014 <canceled> & \"quoted\"", failed),
                100,
                20,
                query,
                acquisition,
                List.of(
                        new Sample(1, answered / 10.0, 0, 50, query, acquisition),
                        new Sample(2, 0, failed, 100, latency(0, 0), latency(0, 0))));
    }

    private static Latency latency(long count, long millis) {
        Histogram micros = new Histogram(5);
        if (count > 0) {
            micros.recordValueWithCount(millis * 1000, count);
        }
        return Latency.of(micros);
    }
}
