package dev.weir.proxy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TransactionLogTest {

    private final Map<Metric, Double> measured = new EnumMap<>(Metric.class);

    @Test
    void countsWhatEndedWithinTheWindow() {
        TransactionLog log = new TransactionLog(10_000_000, 12_000_000, false);
        log.add("0 1 500 0 9 999999");
        log.add("0 2 1000 0 10 0");
        log.add("1 1 2000 0 11 500000");
        log.add("0 3 3000 0 11 999999");
        log.add("1 2 9000 0 12 0");
        assertThat(log.count()).isEqualTo(3);
        log.put(measured);
        assertThat(measured.get(Metric.RATE)).isEqualTo(1.5, within(1e-9));
        assertThat(measured.get(Metric.P50)).isEqualTo(2, within(0.01));
        assertThat(measured.get(Metric.P99)).isEqualTo(3, within(0.01));
    }

    @Test
    void passesOverWhatWasSkippedOrFailed() {
        TransactionLog log = new TransactionLog(0, 100_000_000, false);
        log.add("0 1 skipped 0 10 0 55");
        log.add("0 2 failed 0 10 0");
        log.add("0 3");
        log.add("");
        log.add("0 4 100 0 10 0 55");
        assertThat(log.count()).isOne();
    }

    @Test
    void measuresALoginFromTheEndOfTheLastTransaction() {
        TransactionLog log = new TransactionLog(10_000_000, 20_000_000, true);
        log.add("0 1 100 0 9 995000");
        log.add("1 1 100 0 10 1000");
        log.add("0 2 100 0 10 5000");
        log.put(measured);
        assertThat(log.count()).isEqualTo(2);
        assertThat(measured.get(Metric.P50)).isEqualTo(10, within(0.02));
        assertThat(measured.get(Metric.P999)).isEqualTo(10, within(0.02));
    }

    @Test
    void tellsHowEvenlyClientsAreServed() {
        TransactionLog log = new TransactionLog(0, 100_000_000, false);
        for (int i = 0; i < 10; i++) {
            log.add("0 " + i + " 100 0 10 0");
        }
        for (int i = 0; i < 30; i++) {
            log.add("1 " + i + " 100 0 10 0");
        }
        log.putFairness(2, measured);
        assertThat(measured).containsEntry(Metric.SLOWEST, 0.5).containsEntry(Metric.FASTEST, 1.5);
        log.putFairness(4, measured);
        assertThat(measured).containsEntry(Metric.SLOWEST, 0.0).containsEntry(Metric.FASTEST, 3.0);
    }

    @Test
    void readsTheFilesOfAllThreads(@TempDir Path directory) throws Exception {
        Files.write(directory.resolve("log.17"), List.of("0 1 100 0 10 0", "0 2 100 0 10 200"));
        Files.write(directory.resolve("log.17.1"), List.of("1 1 100 0 10 0"));
        TransactionLog log = new TransactionLog(0, 100_000_000, false);
        log.readAll(directory);
        assertThat(log.count()).isEqualTo(3);
    }
}
