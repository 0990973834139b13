package dev.weir.console.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.config.setting.PoolSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The presets, and the page that tells of them.
final class PresetsTest {

    private static final Path PRESETS = Path.of("..", "docker", "presets");
    private static final Path PAGE = Path.of("..", "docs", "sizing.md");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PGHOST", "db1", "APP_PASSWORD", "secret", "METRICS_TOKEN", "a-token-of-some-length");

    @ParameterizedTest
    @MethodSource("presets")
    void loadsWithoutAnyProblemAndItsTimeoutsGoTogether(Path preset) {
        assertThat(loaded(preset).problems()).isEmpty();
        assertThat(TimeoutAdvice.of(config(preset))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void hasTheNumbersThatThePageTells(Path preset) throws IOException {
        String name = String.valueOf(preset.getFileName()).replace(".toml", "");
        List<String> row = rows().filter(cells -> cells.getFirst().startsWith("[" + name + "]"))
                .findFirst()
                .orElseThrow();
        WeirConfig config = config(preset);
        assertThat(row.subList(2, 7))
                .containsExactly(
                        "" + config.get(PoolSettings.DEFAULT_POOL_SIZE),
                        "" + config.get(PoolSettings.MIN_POOL_SIZE),
                        "" + config.get(PoolSettings.RESERVE_POOL_SIZE),
                        "" + config.get(PoolSettings.MAX_CLIENT_CONN),
                        "" + config.get(PoolSettings.MAX_DB_CONNECTIONS));
        int slots = Integer.parseInt(row.get(7).replaceFirst(" .*", ""));
        assertThat(config.get(PoolSettings.MAX_DB_CONNECTIONS)).isLessThan(slots - 3);
    }

    /// The table of busy servers by length of transactions.
    @Test
    void thePageHasWorkedOutItsTableRight() throws IOException {
        List<List<String>> rows =
                rows().filter(cells -> cells.getFirst().matches("[0-9]+")).toList();
        assertThat(rows).hasSize(5);
        double[] seconds = {0.002, 0.020, 0.200};
        for (List<String> row : rows) {
            double load = Double.parseDouble(row.getFirst());
            for (int i = 0; i < seconds.length; i++) {
                assertThat(row.get(i + 1))
                        .as("%s", row)
                        .isEqualTo("" + ErlangC.serversFor(load, seconds[i], 0.95, 0.010));
            }
        }
    }

    @Test
    void thereAreFour() throws IOException {
        assertThat(presets()).hasSize(4);
    }

    static Stream<Path> presets() throws IOException {
        try (Stream<Path> files = Files.list(PRESETS)) {
            return files.sorted().toList().stream();
        }
    }

    private static Stream<List<String>> rows() throws IOException {
        return Files.readString(PAGE)
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> Stream.of(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList());
    }

    private static Loaded loaded(Path preset) {
        return ConfigLoader.load(preset, ENVIRONMENT);
    }

    private static WeirConfig config(Path preset) {
        return Objects.requireNonNull(loaded(preset).config());
    }
}
