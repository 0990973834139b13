package dev.weir.config.check;

import dev.weir.config.WeirConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The outcome of loading a configuration. Immutable.
///
/// @param config the whole configuration; null if any problem is an error: half a configuration is none
/// @param problems all of them, in the order of the file
public record Loaded(@Nullable WeirConfig config, List<Problem> problems) {
    public Loaded {
        problems = List.copyOf(problems);
    }

    /// The problems that make the configuration unusable.
    public List<Problem> errors() {
        return problems.stream().filter(Problem::isError).toList();
    }
}
