package dev.weir.config.read;

import dev.weir.config.Origin;
import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with a file, up to a limit: a binary file given by mistake is wrong on every line.
final class SyntaxProblems {
    private static final int MAX = 200;

    private final List<SyntaxProblem> problems = new ArrayList<>();

    void add(Origin origin, String message) {
        add(new SyntaxProblem(origin, message));
    }

    void add(SyntaxProblem problem) {
        if (problems.size() < MAX) {
            problems.add(problem);
        }
    }

    List<SyntaxProblem> list() {
        return List.copyOf(problems);
    }
}
