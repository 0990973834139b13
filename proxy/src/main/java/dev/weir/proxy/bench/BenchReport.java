package dev.weir.proxy.bench;

import java.util.List;

/// All that was measured.
///
/// @param machine where
/// @param plan how, on a line
/// @param contestants their labels, in the order of the report
/// @param notes what is to be known besides
/// @param workloads the results, in the order in which they were run
public record BenchReport(
        String machine, String plan, List<String> contestants, List<String> notes, List<WorkloadResult> workloads) {

    /// Copies the lists.
    public BenchReport {
        contestants = List.copyOf(contestants);
        notes = List.copyOf(notes);
        workloads = List.copyOf(workloads);
    }

    /// Whether anything was measured.
    public boolean isEmpty() {
        return workloads.stream().allMatch(result -> result.metrics().isEmpty());
    }

    /// The one that the last ones are compared with: the last but the Weirs, PgBouncer if it is there.
    String reference() {
        return contestants.contains(DirectPostgres.LABEL) && contestants.size() > 1
                ? contestants.get(contestants.get(1).startsWith("PgBouncer") ? 1 : 0)
                : contestants.getFirst();
    }

    /// Those that are compared with it.
    List<String> compared() {
        return contestants.subList(contestants.indexOf(reference()) + 1, contestants.size());
    }
}
