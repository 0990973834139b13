package dev.weir.console.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.config.PoolMode;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.console.InMemoryPooler;
import dev.weir.console.TestConfig;
import dev.weir.console.history.PoolName;
import dev.weir.console.history.Reading;
import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From what the pooler counts to what is said of it.
final class AdvisorTest {

    private static final long SECOND = 1_000_000_000L;
    private static final PoolName SHOP = new PoolName("shop", "u");

    private final InMemoryPooler pooler = new InMemoryPooler();
    private final DemandHistory demand = new DemandHistory(Reading.none(0, Instant.EPOCH));
    private final Advisor advisor = new Advisor(pooler, TestConfig::empty, demand);

    AdvisorTest() {
        pooler.pools.clear();
        pooler.databases.clear();
    }

    @Test
    void reservesAndOtherNamesOfAServerAreAPartOfItsSum(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("weir.toml"), """
            [weir]
            reserve_pool_size = 3
            [databases.shop]
            host = "localhost"
            [databases.books]
            host = "127.0.0.1"
            """);
        WeirConfig config =
                Objects.requireNonNull(ConfigLoader.load(file, Map.of()).config());
        pooler.pools.add(pool("shop", 10, 1, 0));
        pooler.pools.add(pool("books", 20, 1, 0));
        pooler.databases.add(InMemoryPooler.database("shop", "localhost"));
        pooler.databases.add(InMemoryPooler.database("books", "127.0.0.1"));
        assertThat(new Advisor(pooler, () -> config, demand)
                        .advise()
                        .toCompletableFuture()
                        .join())
                .filteredOn(row -> row.kind() == AdviceRow.Kind.SERVER)
                .singleElement()
                .satisfies(row -> assertThat(row.finding())
                        .startsWith("127.0.0.1:5432: the pools in use may open 36 servers, 6 of them in reserve, and"
                                + " need no more"));
    }

    @Test
    void theBusiestMinuteCounts() {
        long assignments = 0;
        long busyNanos = 0;
        for (int minute = 1; minute <= 20; minute++) {
            long rate = minute == 10 ? 1_000 : 10;
            assignments += rate * 60;
            busyNanos += rate * 60 * 5_000_000;
            demand.add(reading(minute * 60L, assignments, busyNanos), List.of());
        }
        Demand busiest = demand.busiest(SHOP);
        assertThat(busiest.ratePerSecond()).isCloseTo(1_000, within(1e-6));
        assertThat(busiest.load()).isCloseTo(5, within(1e-6));
        assertThat(busiest.serviceSeconds()).isCloseTo(0.005, within(1e-9));
        assertThat(demand.covered()).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void whatIsOlderThanAQuarterOfAnHourIsForgotten() {
        demand.add(reading(60, 60_000, 300 * SECOND), List.of());
        for (int minute = 2; minute <= 16; minute++) {
            demand.add(reading(minute * 60L, 60_000, 300 * SECOND), List.of());
        }
        assertThat(demand.busiest(SHOP)).isEqualTo(Demand.NONE);
    }

    @Test
    void whatIsHeldBetweenTransactionsIsSeenByLooking() {
        for (int second = 5; second <= 60; second += 5) {
            demand.add(reading(second, second, 0), List.of(pool(20, 8, 2)));
        }
        Demand busiest = demand.busiest(SHOP);
        assertThat(busiest.load()).isEqualTo(8);
        assertThat(busiest.waiting()).isEqualTo(2);
    }

    @Test
    void poolsServersAndTimeoutsAreAdvised() {
        pooler.pools.add(pool(4, 4, 6));
        pooler.databases.add(InMemoryPooler.database("shop"));
        for (int second = 5; second <= 60; second += 5) {
            demand.add(reading(second, second * 100L, second * 4L * SECOND), List.of(pool(4, 4, 6)));
        }
        List<AdviceRow> rows = advisor.advise().toCompletableFuture().join();

        assertThat(rows).extracting(AdviceRow::kind).startsWith(AdviceRow.Kind.POOL, AdviceRow.Kind.SERVER);
        AdviceRow pool = rows.getFirst();
        assertThat(pool.finding())
                .startsWith("100.0 checkouts/s x 40.0 ms = 4.00 of 4 servers busy and 6.0 clients in line; full, so at"
                        + " least 1");
        assertThat(pool.instead()).startsWith("pool_size = 1").endsWith(" in [databases.shop]");
        AdviceRow server = rows.get(1);
        assertThat(server.finding())
                .startsWith("db1:5432: the pools in use may open 4 servers, 1")
                .endsWith(" as recommended; PostgreSQL lets in 97");
        assertThat(server.instead()).isNull();
        assertThat(rows.subList(2, rows.size()))
                .allMatch(row -> row.kind() == AdviceRow.Kind.TIMEOUTS)
                .isNotEmpty();
    }

    private static Reading reading(long second, long assignments, long busyNanos) {
        HistogramSnapshot times = HistogramSnapshot.of(new long[] {SECOND}, new long[] {assignments, 0}, busyNanos);
        return new Reading(
                second * SECOND,
                Instant.EPOCH.plusSeconds(second),
                Map.of(
                        SHOP,
                        new Reading.Counters(
                                assignments,
                                assignments,
                                assignments,
                                0,
                                0,
                                HistogramSnapshot.EMPTY,
                                HistogramSnapshot.EMPTY,
                                times)),
                Map.of(),
                Map.of());
    }

    private static PoolSnapshot pool(int size, int busy, int waiting) {
        return pool("shop", size, busy, waiting);
    }

    private static PoolSnapshot pool(String database, int size, int busy, int waiting) {
        return new PoolSnapshot(
                database, "u", PoolMode.TRANSACTION, size, 0, waiting, 0, 0, busy, 0, 0, 0, 0, 0, 0, 0, null, null);
    }
}
