package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What Prometheus and Grafana are given: the metrics are Weir's, and what refers to each other fits.
final class MonitoringTest {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-zA-Z_]+)}?");
    private static final Pattern TEMPLATE =
            Pattern.compile("\\{\\{ *\\$(labels\\.([a-z]+)|value)( \\| [a-zA-Z]+)? *}}");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), ([a-z]+)\\)");
    private static final Set<String> GRAFANAS = Set.of("__rate_interval", "__all");

    private final DocumentedMetrics documented = new DocumentedMetrics();

    @ParameterizedTest
    @ValueSource(strings = {"prometheus.yml", "prometheus.production.yml"})
    void prometheusFindsWeirAndTheRules(String name) {
        Node config = Node.document(DeploymentFiles.docker("prometheus/" + name));
        Node job = config.at("scrape_configs", 0);
        assertThat(job.at("job_name").text()).isEqualTo("weir");
        assertThat(job.at("static_configs", 0, "targets").texts()).containsExactly("weir:9127");
        for (String rules : config.at("rule_files").texts()) {
            assertThat(DeploymentFiles.docker("prometheus/" + rules)).exists();
        }
        if (job.has("authorization")) {
            String secret = job.at("authorization", "credentials_file").text();
            assertThat(Node.document(DeploymentFiles.docker("compose.production.yaml"))
                            .at("services", "prometheus", "secrets")
                            .texts())
                    .contains(secret.replace("/run/secrets/", ""));
        }
    }

    @Test
    void rulesUseMetricsThatThereAre() {
        List<Node> rules = rules();
        assertThat(rules).hasSizeGreaterThan(10);
        for (Node rule : rules) {
            documented.assertKnown(rule.at("alert").text(), rule.at("expr").text());
        }
    }

    /// Which promtool runs, where it is installed.
    @Test
    void everyRuleHasATestOfItsOwn() throws IOException {
        String tests = Files.readString(DeploymentFiles.docker("../proxy/src/test/prometheus/alerts.test.yml"));
        assertThat(rules())
                .allSatisfy(rule -> assertThat(tests)
                        .contains("alertname=\"" + rule.at("alert").text() + "\""));
    }

    static List<Node> rules() {
        return Node.document(DeploymentFiles.docker("prometheus/alerts.yml")).at("groups").list().stream()
                .flatMap(group -> group.at("rules").list().stream())
                .toList();
    }

    @Test
    void rulesSayWhatTheMatterIs() {
        Set<String> names = new HashSet<>();
        for (Node rule : rules()) {
            String name = rule.at("alert").text();
            assertThat(names.add(name)).as(name).isTrue();
            assertThat(rule.at("labels", "severity").text()).isIn("info", "warning", "critical");
            if (rule.has("for")) {
                assertThat(rule.at("for").text()).matches("[0-9]+[sm]");
            }
            Set<String> left = PromQl.of(rule.at("expr").text()).grouped();
            for (String annotation : List.of("summary", "description")) {
                String text = rule.at("annotations", annotation).text();
                assertThat(TEMPLATE.matcher(text).replaceAll("")).as(name).doesNotContain("{", "$");
                TEMPLATE.matcher(text)
                        .results()
                        .filter(found -> found.group(2) != null)
                        .forEach(found -> {
                            if (!left.isEmpty()) {
                                assertThat(left).as("%s: %s", name, text).contains(found.group(2));
                            }
                        });
            }
        }
    }

    static Node dashboard() {
        return Node.document(DeploymentFiles.docker("grafana/dashboards/weir.json"));
    }

    @Test
    void panelsUseMetricsThatThereAre() {
        List<Node> expressions = dashboard().all("expr").toList();
        assertThat(expressions).hasSizeGreaterThan(25);
        expressions.forEach(expression -> documented.assertKnown(expression.place(), expression.text()));
        for (Node variable : dashboard().at("templating", "list").list()) {
            if (variable.at("type").text().equals("query")) {
                String query = variable.at("query", "query").text();
                var parts = LABEL_VALUES.matcher(query);
                assertThat(parts.matches()).as(query).isTrue();
                documented.assertKnown(query, "sum by (" + parts.group(2) + ") (" + parts.group(1) + ")");
                assertThat(variable.at("definition").text()).isEqualTo(query);
            }
        }
    }

    @Test
    void panelsUseVariablesThatThereAre() {
        Set<String> known = new HashSet<>(GRAFANAS);
        dashboard()
                .at("templating", "list")
                .list()
                .forEach(variable -> known.add(variable.at("name").text()));
        String text = Node.text(DeploymentFiles.docker("grafana/dashboards/weir.json"));
        assertThat(VARIABLE.matcher(text).results().map(found -> found.group(1)))
                .isSubsetOf(known);
    }

    @Test
    void panelsHaveTheirPlaces() {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (Node panel : dashboard().at("panels").list()) {
            assertThat(ids.add(panel.at("id").number())).isTrue();
            assertThat(panel.at("title").text()).isNotBlank();
            Map<String, Node> place = panel.at("gridPos").entries();
            int right = place.get("x").number() + place.get("w").number();
            assertThat(right).as("%s", panel.at("title")).isLessThanOrEqualTo(24);
            for (int x = place.get("x").number(); x < right; x++) {
                for (int y = 0; y < place.get("h").number(); y++) {
                    assertThat(cells.add(x + " " + (place.get("y").number() + y)))
                            .as("%s overlaps another panel", panel.at("title"))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void grafanaFindsPrometheusAndTheDashboard() {
        Node source = Node.document(DeploymentFiles.docker("grafana/provisioning/datasources/prometheus.yaml"))
                .at("datasources", 0);
        assertThat(source.at("type").text()).isEqualTo("prometheus");
        assertThat(source.at("url").text()).isEqualTo("http://prometheus:9090");
        Node provider = Node.document(DeploymentFiles.docker("grafana/provisioning/dashboards/weir.yaml"))
                .at("providers", 0);
        String path = provider.at("options", "path").text();
        for (String compose : List.of("compose.yaml", "compose.production.yaml")) {
            assertThat(Node.document(DeploymentFiles.docker(compose))
                            .at("services", "grafana", "volumes")
                            .texts())
                    .contains("./grafana/dashboards:" + path + ":ro");
        }
    }
}
