package dev.weir.proxy.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a benchmark does. Immutable.
///
/// @param rounds how often each contestant is measured in each workload
/// @param window how long a measurement takes, whole seconds
/// @param warmUp how long a pooler is loaded before the first round of each workload, whole seconds
/// @param only the workloads to run; empty for all
/// @param url a PostgreSQL to use in place of an embedded one, or null
/// @param pgbouncer the program, or null to look for it
/// @param weirs other distributions of Weir to measure as well, by name
/// @param idleClients how many clients the workload of idle ones has
/// @param copyMegabytes how much is copied
/// @param rate transactions per second of the open loop
/// @param syscalls whether system calls are counted where that is possible
public record BenchPlan(
        int rounds,
        Duration window,
        Duration warmUp,
        List<String> only,
        @Nullable String url,
        @Nullable Path pgbouncer,
        List<OtherWeir> weirs,
        int idleClients,
        int copyMegabytes,
        int rate,
        boolean syscalls) {

    /// Copies the lists.
    public BenchPlan {
        only = List.copyOf(only);
        weirs = List.copyOf(weirs);
    }

    /// Another distribution of Weir.
    ///
    /// @param label what it is called in the report
    /// @param launcher its script
    public record OtherWeir(String label, Path launcher) {

        /// Reads `NAME=PATH`.
        ///
        /// @throws IllegalArgumentException if it is written otherwise
        public static OtherWeir of(String text) {
            int equals = text.indexOf('=');
            if (equals < 1 || equals == text.length() - 1) {
                throw new IllegalArgumentException("'" + text + "' is not NAME=PATH");
            }
            return new OtherWeir(text.substring(0, equals), Path.of(text.substring(equals + 1)));
        }
    }

    /// Whether a workload is to be run.
    boolean includes(Workload workload) {
        return only.isEmpty() || only.contains(workload.name());
    }
}
