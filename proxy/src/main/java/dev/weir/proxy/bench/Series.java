package dev.weir.proxy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What the rounds of one workload have measured of one contestant. Immutable.
///
/// @param contestant its label
/// @param rounds what was measured, in order; a round that failed is not among them
/// @param failure why a round failed, and no further one was tried; null if none did
public record Series(
        String contestant,
        List<Map<Metric, Double>> rounds,
        @Nullable String failure) {

    /// Copies the list.
    public Series {
        rounds = List.copyOf(rounds);
    }

    /// The median over all rounds; nothing if it was not measured.
    OptionalDouble median(Metric metric) {
        return Statistics.median(rounds.stream()
                .map(round -> round.get(metric))
                .filter(Objects::nonNull)
                .toList());
    }

    /// How many times the other one's value this one's is: the median of the ratios in each round, so that what changes
    /// from round to round on a machine, for both alike, does not count.
    OptionalDouble ratio(Metric metric, Series to) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(rounds.size(), to.rounds.size()); i++) {
            Double own = rounds.get(i).get(metric);
            Double other = to.rounds.get(i).get(metric);
            if (own != null && other != null && other > 0) {
                ratios.add(own / other);
            }
        }
        return Statistics.median(ratios);
    }
}
