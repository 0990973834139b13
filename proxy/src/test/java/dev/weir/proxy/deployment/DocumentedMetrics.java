package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The metrics of docs/metrics.md, under the names that series have.
final class DocumentedMetrics {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\| ([^|]*) \\|");

    /// What Prometheus adds to every series.
    private static final Set<String> OF_TARGETS = Set.of("instance", "job");

    private final Map<String, Set<String>> labels = new HashMap<>();

    DocumentedMetrics() {
        String page = Node.text(DeploymentFiles.root().resolve("docs/metrics.md"));
        for (MatchResult row : ROW.matcher(page).results().toList()) {
            Set<String> own = Arrays.stream(row.group(3).replace("`", "").split(","))
                    .map(String::strip)
                    .collect(Collectors.toCollection(HashSet::new));
            own.addAll(OF_TARGETS);
            if (row.group(2).equals("histogram")) {
                labels.put(row.group(1) + "_sum", own);
                labels.put(row.group(1) + "_count", own);
                Set<String> buckets = new HashSet<>(own);
                buckets.add("le");
                labels.put(row.group(1) + "_bucket", buckets);
            } else {
                labels.put(row.group(1), own);
            }
        }
        assertThat(labels).containsKeys("weir_pool_servers", "weir_wait_duration_seconds_bucket");
        labels.put("up", OF_TARGETS);
    }

    /// Fails unless every metric of Weir's own is documented with the labels that are used. Those of the JVM are looked
    /// for
    /// among what a running Weir tells.
    void assertKnown(String place, String expression) {
        PromQl used = PromQl.of(expression);
        assertThat(used.metrics()).as("%s: %s", place, expression).isNotEmpty();
        Set<String> all = new HashSet<>(OF_TARGETS);
        boolean own = true;
        for (Map.Entry<String, Set<String>> metric : used.metrics().entrySet()) {
            if (metric.getKey().matches("(jvm|process|system)_.*")) {
                own = false;
                continue;
            }
            assertThat(labels).as("%s: %s", place, expression).containsKey(metric.getKey());
            Set<String> known = labels.getOrDefault(metric.getKey(), Set.of());
            assertThat(known).as("%s: %s", place, expression).containsAll(metric.getValue());
            all.addAll(known);
        }
        if (own) {
            assertThat(all).as("%s: %s", place, expression).containsAll(used.grouped());
        }
        assertBalanced(place, expression);
    }

    private static void assertBalanced(String place, String expression) {
        for (String pair : List.of("()", "{}", "[]")) {
            assertThat(expression.chars().filter(c -> c == pair.charAt(0)).count())
                    .as("%s: %s in %s", place, pair, expression)
                    .isEqualTo(
                            expression.chars().filter(c -> c == pair.charAt(1)).count());
        }
        assertThat(expression.chars().filter(c -> c == '"').count() % 2).isZero();
    }
}
