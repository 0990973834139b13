package dev.weir.proxy.deployment;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which metrics and labels a PromQL expression names: enough of the language for the files of `docker/`, no more.
///
/// @param metrics each with the labels that it is selected by
/// @param grouped labels that are grouped by
record PromQl(Map<String, Set<String>> metrics, Set<String> grouped) {

    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![a-zA-Z0-9_:])([a-zA-Z_:][a-zA-Z0-9_:]*)(\\s*\\()?(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)");
    private static final Set<String> WORDS = Set.of("or", "and", "unless", "bool", "offset");

    static PromQl of(String expression) {
        String text =
                RANGE.matcher(STRING.matcher(expression).replaceAll("\"\"")).replaceAll("");
        Set<String> grouped = GROUPING.matcher(text)
                .results()
                .flatMap(group -> Arrays.stream(group.group(1).split(",")))
                .map(String::strip)
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, Set<String>> metrics = new LinkedHashMap<>();
        for (MatchResult found : SELECTOR.matcher(GROUPING.matcher(text).replaceAll(""))
                .results()
                .toList()) {
            if (found.group(2) == null && !WORDS.contains(found.group(1))) {
                Set<String> labels = metrics.computeIfAbsent(found.group(1), _ -> new TreeSet<>());
                if (found.group(3) != null) {
                    LABEL.matcher(found.group(3)).results().forEach(label -> labels.add(label.group(1)));
                }
            }
        }
        return new PromQl(metrics, grouped);
    }
}
