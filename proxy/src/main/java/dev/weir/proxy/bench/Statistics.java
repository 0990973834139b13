package dev.weir.proxy.bench;

import java.util.List;
import java.util.OptionalDouble;

/// The little statistics that a few rounds bear.
final class Statistics {

    private Statistics() {}

    /// The middle one, or the mean of the two in the middle; nothing of nothing.
    static OptionalDouble median(List<Double> values) {
        if (values.isEmpty()) {
            return OptionalDouble.empty();
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return OptionalDouble.of(
                sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
