package dev.weir.config.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects problems while a configuration is checked.
final class Problems {
    /// A wrong file has a problem on every line; nobody reads more than this.
    private static final int MAX = 1_000;

    private final Set<Problem> problems = new LinkedHashSet<>();
    private boolean errors;

    void add(Problem problem) {
        errors |= problem.isError();
        if (problems.size() < MAX) {
            problems.add(problem);
        }
    }

    boolean hasErrors() {
        return errors;
    }

    /// By file in the order in which files turned up, then by line.
    List<Problem> sorted() {
        List<Problem> sorted = new ArrayList<>(problems);
        List<String> files = sorted.stream()
                .map(problem -> problem.origin().file())
                .distinct()
                .toList();
        sorted.sort(Comparator.<Problem>comparingInt(
                        problem -> files.indexOf(problem.origin().file()))
                .thenComparingInt(problem -> problem.origin().line()));
        return sorted;
    }
}
