package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a process has used so far, as Linux counts it under `/proc`. Only of this process, not of its children.
/// Immutable.
///
/// @param userTicks time in its own code
/// @param systemTicks time in the kernel
/// @param switches how often its threads left a processor, willingly or not
record Usage(long userTicks, long systemTicks, long switches) {

    /// A tick of `/proc/PID/stat`, the same on every Linux that a JVM runs on (USER_HZ).
    static final double TICK_MICROS = 10_000;

    // Fields of /proc/PID/stat behind the name, counted from 0: the state is the first.
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final double KB_PER_MB = 1024;

    /// Reads it now.
    ///
    /// @throws IOException if the process is gone or this is no Linux
    static Usage of(long pid) throws IOException {
        Path process = Path.of("/proc", String.valueOf(pid));
        Usage times = ofStat(Files.readString(process.resolve("stat")));
        long switches = 0;
        for (Path thread : threads(process)) {
            try {
                switches += switches(Files.readAllLines(thread.resolve("status")));
            } catch (NoSuchFileException _) {
                // It ended meanwhile.
            }
        }
        return new Usage(times.userTicks, times.systemTicks, switches);
    }

    private static List<Path> threads(Path process) throws IOException {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return threads.toList();
        }
    }

    /// The times of a line of `/proc/PID/stat`. The name in it may hold blanks and parentheses.
    static Usage ofStat(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Usage(Long.parseLong(fields[UTIME]), Long.parseLong(fields[STIME]), 0);
    }

    /// Both kinds of context switches of `/proc/PID/task/TID/status`.
    static long switches(List<String> status) {
        return status.stream()
                .filter(line ->
                        line.startsWith("voluntary_ctxt_switches:") || line.startsWith("nonvoluntary_ctxt_switches:"))
                .mapToLong(Usage::number)
                .sum();
    }

    /// The proportional set size in megabytes: what a process shares with others counts by its share.
    ///
    /// @throws IOException if the process is gone or this is no Linux
    static double pss(long pid) throws IOException {
        return pss(Files.readAllLines(Path.of("/proc", String.valueOf(pid), "smaps_rollup")));
    }

    /// The line `Pss:` of `/proc/PID/smaps_rollup`, in megabytes.
    static double pss(List<String> rollup) {
        return rollup.stream()
                        .filter(line -> line.startsWith("Pss:"))
                        .mapToLong(Usage::number)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no line Pss"))
                / KB_PER_MB;
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    /// What was used since then for each of so many things done.
    void putSince(Usage before, long count, Map<Metric, Double> measured) {
        double user = (userTicks - before.userTicks) * TICK_MICROS / count;
        double system = (systemTicks - before.systemTicks) * TICK_MICROS / count;
        measured.put(Metric.CPU, user + system);
        measured.put(Metric.CPU_USER, user);
        measured.put(Metric.CPU_SYSTEM, system);
        measured.put(Metric.SWITCHES, (switches - before.switches) / (double) count);
    }
}
