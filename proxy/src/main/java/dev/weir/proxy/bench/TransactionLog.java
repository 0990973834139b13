package dev.weir.proxy.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// What `pgbench --log` has written of each transaction: `client number latency script seconds microseconds [lag]`, of
/// which those count that ended within a window. Latencies are from when a transaction was due, with `--rate`, else
/// from when it began. For one thread.
final class TransactionLog {

    private static final int CLIENT = 0;
    private static final int LATENCY = 2;
    private static final int SECONDS = 4;
    private static final int MICROS = 5;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final double MICROS_PER_MILLI = 1000;
    private static final int DIGITS = 3;

    private final long from;
    private final long until;
    private final boolean cycles;
    private final Histogram latencies = new Histogram(DIGITS);
    private final Map<Integer, Long> counts = new HashMap<>();
    private final Map<Integer, Long> ends = new HashMap<>();

    /// @param from the beginning of the window, in microseconds since 1970
    /// @param until its end
    /// @param cycles whether latencies are from the end of a client's last transaction: the login counts then
    TransactionLog(long from, long until, boolean cycles) {
        this.from = from;
        this.until = until;
        this.cycles = cycles;
    }

    /// Reads all files of a directory, one for each of pgbench's threads.
    void readAll(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        for (Path file : files) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                String line = lines.readLine();
                while (line != null) {
                    add(line);
                    line = lines.readLine();
                }
            }
        }
    }

    /// Takes one line. Transactions that pgbench has skipped, or that failed, have a word for their latency.
    void add(String line) {
        String[] fields = line.split(" ");
        if (fields.length <= MICROS || !Character.isDigit(fields[LATENCY].charAt(0))) {
            return;
        }
        int client = Integer.parseInt(fields[CLIENT]);
        long end = Long.parseLong(fields[SECONDS]) * MICROS_PER_SECOND + Long.parseLong(fields[MICROS]);
        Long before = ends.put(client, end);
        if (end < from || end >= until) {
            return;
        }
        counts.merge(client, 1L, Long::sum);
        if (!cycles) {
            latencies.recordValue(Long.parseLong(fields[LATENCY]));
        } else if (before != null) {
            latencies.recordValue(Math.max(0, end - before));
        }
    }

    /// How many ended in the window.
    long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Throughput and latencies.
    void put(Map<Metric, Double> measured) {
        measured.put(Metric.RATE, count() * (double) MICROS_PER_SECOND / (until - from));
        measured.put(Metric.P50, latencies.getValueAtPercentile(50) / MICROS_PER_MILLI);
        measured.put(Metric.P99, latencies.getValueAtPercentile(99) / MICROS_PER_MILLI);
        measured.put(Metric.P999, latencies.getValueAtPercentile(99.9) / MICROS_PER_MILLI);
    }

    /// How evenly clients were served.
    ///
    /// @param clients how many there are; one that was never served does not stand in the log
    void putFairness(int clients, Map<Metric, Double> measured) {
        LongSummaryStatistics served =
                counts.values().stream().mapToLong(Long::longValue).summaryStatistics();
        double mean = count() / (double) clients;
        if (mean > 0) {
            measured.put(Metric.SLOWEST, counts.size() < clients ? 0 : served.getMin() / mean);
            measured.put(Metric.FASTEST, served.getMax() / mean);
        }
    }
}
