package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.config.setting.GeneralSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What stands in `docker/`.
final class DeploymentFiles {

    private static final String NAMED_TAG = "(?!latest)[a-z]*[0-9]+[._][0-9][A-Za-z0-9._-]*";
    private static final Pattern PINNED = Pattern.compile("[a-z0-9./-]+:" + NAMED_TAG);

    private DeploymentFiles() {}

    /// A file of the directory.
    static Path docker(String name) {
        return root().resolve("docker").resolve(name);
    }

    static Path root() {
        String told = System.getProperty("weir.root");
        return Path.of(told == null ? ".." : told).toAbsolutePath().normalize();
    }

    /// All files whose names end so.
    static List<Path> all(String... endings) {
        try (Stream<Path> files = Files.walk(docker(""))) {
            return files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads a configuration as Weir would; what is wrong with it, were it only a warning, fails.
    ///
    /// @param directory takes the files that would be mounted
    static WeirConfig config(Path file, Path directory) {
        String text = Node.text(file);
        try {
            for (String secret : List.of("/run/secrets", "/etc/weir-secrets")) {
                text = text.replace(secret, directory.toString());
            }
            for (String name : List.of("db_password", "metrics_token", "db-password", "metrics-token")) {
                Files.writeString(directory.resolve(name), "x".repeat(32) + "\n");
            }
            Path copy = Files.writeString(directory.resolve("weir.toml"), text);
            Loaded loaded = ConfigLoader.load(copy, Map.of("DB_PASSWORD", "x"));
            assertThat(loaded.problems()).as("%s", file).isEmpty();
            return Objects.requireNonNull(loaded.config());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How long SIGTERM takes by a configuration, at most; there must be such a time.
    static Duration drain(WeirConfig config) {
        Duration timeout = config.get(GeneralSettings.SHUTDOWN_DRAIN_TIMEOUT);
        assertThat(timeout).isPositive();
        assertThat(config.get(GeneralSettings.SHUTDOWN_ACCEPT_DELAY)).isPositive();
        return timeout;
    }

    /// Fails unless the image is named with a version that means one thing next year, too.
    static void assertPinned(String image) {
        assertThat(image).matches(PINNED);
    }
}
