package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How many files and connections a process may have open.
final class Descriptors {

    private static final int HARD = 4;
    private static final String LINE = "Max open files";

    private Descriptors() {}

    /// Makes sure that so many are allowed. The JVM takes all that the hard limit grants, and so do the poolers here.
    ///
    /// @throws BenchFailed if not
    static void require(int needed) throws BenchFailed {
        long limit = limit();
        if (limit < needed) {
            throw new BenchFailed(
                    "%,d descriptors are needed and %,d allowed: raise the hard limit (ulimit -H -n), or ask for fewer"
                                    .formatted(needed, limit)
                            + " clients");
        }
    }

    /// The hard limit of this process.
    static long limit() {
        try {
            return limit(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (IOException _) {
            return Long.MAX_VALUE;
        }
    }

    /// The hard limit in the lines of `/proc/PID/limits`.
    static long limit(List<String> limits) {
        return limits.stream()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.split("\\s+")[HARD])
                .mapToLong(value -> value.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(value))
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
