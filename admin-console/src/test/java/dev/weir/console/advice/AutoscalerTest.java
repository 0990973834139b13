package dev.weir.console.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.PoolMode;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.console.InMemoryPooler;
import dev.weir.console.history.PoolName;
import dev.weir.console.history.Reading;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.HistogramSnapshot;
import dev.weir.console.port.PoolSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AutoscalerTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path directory;

    private final List<String> resized = new ArrayList<>();
    private final DemandHistory demand = new DemandHistory(Reading.none(0, Instant.EPOCH));
    private final Autoscaler autoscaler =
            new Autoscaler((database, user, size) -> resized.add(database + " " + size), demand);
    private final Map<PoolName, Long> assignments = new HashMap<>();
    private final Map<PoolName, Long> busyNanos = new HashMap<>();
    private long second;

    @Test
    void isOffByDefault() throws IOException {
        minute(Map.of("shop", 8.0), pool("shop", 10, 9));
        adjust("", pool("shop", 10, 9));
        assertThat(resized).isEmpty();
    }

    @Test
    void growsAtOnceUpToTheCeiling() throws IOException {
        minute(Map.of("shop", 9.9), pool("shop", 10, 9));
        adjust("autoscale_pools = true\nautoscale_max_server_connections = 100", pool("shop", 10, 9));
        assertThat(resized).singleElement().asString().matches("shop (1[5-9]|2[0-9])");
        resized.clear();
        adjust(
                "autoscale_pools = true\nautoscale_max_server_connections = 100\nautoscale_max_pool_size = 12",
                pool("shop", 10, 9));
        assertThat(resized).containsExactly("shop 12");
    }

    @Test
    void keepsToTheBudgetOfTheServer() throws IOException {
        minute(Map.of("shop", 9.9, "books", 9.9), pool("shop", 10, 1), pool("books", 10, 9));
        adjust(
                "autoscale_pools = true\nautoscale_max_server_connections = 24",
                pool("shop", 10, 1),
                pool("books", 10, 9));
        // who waits more is served first, and 4 is all there is
        assertThat(resized).containsExactly("books 14");
    }

    @Test
    void reservesAreAPartOfTheBudget() throws IOException {
        minute(Map.of("shop", 9.9), pool("shop", 10, 9));
        adjust(
                "autoscale_pools = true\nautoscale_max_server_connections = 18\nreserve_pool_size = 5",
                pool("shop", 10, 9));
        assertThat(resized).containsExactly("shop 13");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 127.0.0.1, books 14",
        "/run/postgresql, ::1, books 14",
        ", Localhost, books 14",
        "127.0.1.1, localhost, books 14",
        "DB1.example, db1.EXAMPLE, books 14",
        "127.example, localhost, books 2[0-9]"
    })
    void oneServerHasOneBudgetByWhateverName(@Nullable String one, String other, String expected) throws IOException {
        minute(Map.of("shop", 9.9, "books", 9.9), pool("shop", 10, 0), pool("books", 10, 9));
        adjust(
                "autoscale_pools = true\nautoscale_max_server_connections = 24",
                List.of(InMemoryPooler.database("shop", one), InMemoryPooler.database("books", other)),
                pool("shop", 10, 0),
                pool("books", 10, 9));
        assertThat(resized.getFirst()).matches(expected);
    }

    @Test
    void takesNineTenthsOfWhatTheServerLetsInWhereNobodySaysOtherwise() throws IOException {
        minute(Map.of("shop", 85.0), pool("shop", 86, 60));
        adjust("autoscale_pools = true\nautoscale_max_pool_size = 500", pool("shop", 86, 60));
        assertThat(resized).containsExactly("shop 87"); // of 97
    }

    @Test
    void shrinksOnlyAfterAQuarterOfAnHour() throws IOException {
        String settings = "autoscale_pools = true\nautoscale_max_server_connections = 100\nmin_pool_size = 3";
        for (int minute = 1; minute < 15; minute++) {
            minute(Map.of("shop", 0.1), pool("shop", 20, 0));
            adjust(settings, pool("shop", 20, 0));
        }
        assertThat(resized).isEmpty();
        minute(Map.of("shop", 0.1), pool("shop", 20, 0));
        adjust(settings, pool("shop", 20, 0));
        assertThat(resized).containsExactly("shop 3");
    }

    @Test
    void aPoolBeyondTheCeilingKeepsWhatItUses() throws IOException {
        String settings =
                "autoscale_pools = true\nautoscale_max_server_connections = 500\nautoscale_max_pool_size = 40";
        for (int minute = 1; minute <= 15; minute++) {
            minute(Map.of("shop", 90.0, "books", 50.0), pool("shop", 100, 0), pool("books", 100, 0));
        }
        adjust(settings, pool("shop", 100, 0), pool("books", 100, 0));
        assertThat(resized).singleElement().asString().matches("books 5[0-9]|books 6[0-4]");
    }

    /// A minute in which pools had this load, by transactions of 20 ms.
    private void minute(Map<String, Double> loads, PoolSnapshot... pools) {
        second += 60;
        Map<PoolName, Reading.Counters> counters = new HashMap<>();
        loads.forEach((database, load) -> {
            PoolName name = new PoolName(database, "u");
            long done = assignments.merge(name, Math.round(load * 50 * 60), Long::sum);
            long busy = busyNanos.merge(name, Math.round(load * 60 * SECOND), Long::sum);
            HistogramSnapshot times = HistogramSnapshot.of(new long[] {SECOND}, new long[] {done, 0}, busy);
            counters.put(
                    name,
                    new Reading.Counters(
                            done, done, done, 0, 0, HistogramSnapshot.EMPTY, HistogramSnapshot.EMPTY, times));
        });
        demand.add(
                new Reading(second * SECOND, Instant.EPOCH.plusSeconds(second), counters, Map.of(), Map.of()),
                List.of(pools));
    }

    private void adjust(String settings, PoolSnapshot... pools) throws IOException {
        adjust(settings, List.of(InMemoryPooler.database("shop"), InMemoryPooler.database("books")), pools);
    }

    private void adjust(String settings, List<DatabaseSnapshot> databases, PoolSnapshot... pools) throws IOException {
        Path file = Files.writeString(
                directory.resolve("weir.toml"),
                "[weir]\n" + settings + "\n[databases.shop]\nhost = \"db1\"\n[databases.books]\nhost = \"db1\"\n");
        WeirConfig config =
                Objects.requireNonNull(ConfigLoader.load(file, Map.of()).config());
        autoscaler.adjust(config, List.of(pools), databases);
    }

    private static PoolSnapshot pool(String database, int size, int waiting) {
        return new PoolSnapshot(
                database, "u", PoolMode.TRANSACTION, size, 0, waiting, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null);
    }
}
