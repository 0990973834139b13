package dev.weir.proxy.cli;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.config.check.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Loads a configuration for a command and prints what is wrong with it, one problem a line: `file:line: error: …`.
///
/// @param config the configuration, or null when it cannot be used
/// @param problems all that is to be said about it
record ConfigProblems(@Nullable WeirConfig config, List<Problem> problems) {

    static ConfigProblems load(Path file, Map<String, String> environment) {
        Loaded loaded = ConfigLoader.load(file, environment);
        return new ConfigProblems(loaded.config(), loaded.problems());
    }

    long errors() {
        return problems.stream().filter(Problem::isError).count();
    }

    long warnings() {
        return problems.size() - errors();
    }

    void print(PrintWriter out) {
        problems.forEach(out::println);
        out.flush();
    }

    /// "1 error, 2 warnings".
    String summary() {
        return count(errors(), "error") + ", " + count(warnings(), "warning");
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
