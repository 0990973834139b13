package dev.weir.proxy.conformance;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// The outcomes of all checks at one target.
///
/// @param label whose they are
/// @param outcomes in the order of the checks
public record Column(String label, Map<Check, Outcome> outcomes) {

    private static final int PERCENT = 100;

    /// Copies the map.
    public Column {
        outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
    }

    /// The outcome of one of the checks.
    public Outcome of(Check check) {
        return Objects.requireNonNull(outcomes.get(check));
    }

    /// How many passed.
    public long passed() {
        return outcomes.values().stream()
                .filter(Outcome.Passed.class::isInstance)
                .count();
    }

    /// How many passed or failed.
    public long made() {
        return outcomes.values().stream()
                .filter(outcome -> !(outcome instanceof Outcome.Skipped))
                .count();
    }

    /// Whether none failed.
    public boolean isPerfect() {
        return passed() == made();
    }

    /// The share that passed, rounded down so that only all of them are 100 %.
    public String score() {
        long made = made();
        return "%d/%d %d %%".formatted(passed(), made, made == 0 ? 0 : passed() * PERCENT / made);
    }
}
