package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody has who has unpacked the archive and has no sources.
final class DistributionIT {

    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");

    private final Path home = Objects.requireNonNull(Launcher.ofThisBuild().getParent());

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"development", "low", "normal", "high"})
    void presetsAreThereAndGood(String preset) throws Exception {
        Path file = home.resolve("docker/presets/" + preset + ".toml");
        Launcher.Run run = new Launcher(Launcher.ofThisBuild(), directory)
                .start(
                        Map.of("PGHOST", "db1", "APP_PASSWORD", "secret", "METRICS_TOKEN", "a-long-token-of-the-tests"),
                        "check",
                        file.toString());
        run.awaitExit();
        assertThat(run.output()).contains("good");
        assertThat(run.process().exitValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker/systemd/weir.service",
                "docker/systemd/weir.socket",
                "docker/systemd/sysusers.conf",
                "docker/kubernetes/kustomization.yaml",
                "docker/compose.production.yaml",
                "docker/production.toml",
                "docker/prometheus/alerts.yml",
                "docker/grafana/dashboards/weir.json",
                "examples/weir.toml"
            })
    void whatTheDocumentationNamesIsThere(String file) {
        assertThat(home.resolve(file)).isNotEmptyFile();
    }

    /// The image is made of the sources.
    @Test
    void whatNeedsTheSourcesIsNot() {
        assertThat(home.resolve("docker/Dockerfile")).doesNotExist();
        assertThat(home.resolve("docker/compose.yaml")).doesNotExist();
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        try (Stream<Path> pages = Files.walk(home.resolve("docs"))) {
            for (Path page :
                    pages.filter(file -> file.toString().endsWith(".md")).toList()) {
                Matcher link = LINK.matcher(Files.readString(page));
                while (link.find()) {
                    if (!Files.exists(page.resolveSibling(link.group(1)))) {
                        dead.add(home.relativize(page) + ": " + link.group(1));
                    }
                }
            }
        }
        assertThat(dead).isEmpty();
    }
}
