package dev.weir.proxy.bench;

import java.util.Arrays;
import java.util.List;

/// What one workload has measured of all contestants.
///
/// @param name of the workload
/// @param title of the workload
/// @param unit what was done, in the singular
/// @param series one for each contestant, in the order of the report
public record WorkloadResult(String name, String title, String unit, List<Series> series) {

    /// Copies the list.
    public WorkloadResult {
        series = List.copyOf(series);
    }

    /// What was measured of anybody, in the order of the reports.
    List<Metric> metrics() {
        return Arrays.stream(Metric.values())
                .filter(metric -> series.stream()
                        .anyMatch(one -> one.rounds().stream().anyMatch(round -> round.containsKey(metric))))
                .toList();
    }

    /// What was measured of one; nothing if it took no part.
    Series of(String contestant) {
        return series.stream()
                .filter(one -> one.contestant().equals(contestant))
                .findFirst()
                .orElse(new Series(contestant, List.of(), null));
    }
}
