package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.GeneralSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The two Compose files, which nothing runs here: what they refer to exists, and fits Weir's configuration.
final class ComposeTest {

    private static final Set<String> SERVICES = Set.of("postgres", "weir", "prometheus", "grafana");

    @TempDir
    private Path directory;

    private static Node compose(String name) {
        return Node.document(DeploymentFiles.docker(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.production.yaml"})
    void startsEverythingFromPinnedImages(String name) {
        Node services = compose(name).at("services");
        assertThat(services.entries()).containsOnlyKeys(SERVICES);
        services.entries().forEach((service, node) -> {
            if (!service.equals("weir")) {
                DeploymentFiles.assertPinned(node.at("image").text());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.production.yaml"})
    void mountsWhatIsThere(String name) {
        Node compose = compose(name);
        for (Node service : compose.at("services").entries().values()) {
            for (Node volume : service.has("volumes") ? service.at("volumes").list() : List.<Node>of()) {
                String source = volume.text().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(DeploymentFiles.docker(source)).as("%s", volume).exists();
                    assertThat(volume.text()).endsWith(":ro");
                } else {
                    assertThat(compose.at("volumes").entries()).containsKey(source);
                }
            }
            for (String kind : List.of("networks", "secrets")) {
                if (service.has(kind)) {
                    assertThat(compose.at(kind).entries())
                            .containsKeys(service.at(kind).texts().toArray(String[]::new));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.production.yaml"})
    void dependenciesAreHealthyFirst(String name) {
        Node services = compose(name).at("services");
        Node weir = services.at("weir");
        assertThat(weir.at("depends_on", "postgres", "condition").text()).isEqualTo("service_healthy");
        assertThat(services.at("postgres", "healthcheck", "test").texts()).startsWith("CMD", "pg_isready");
    }

    @ParameterizedTest
    @CsvSource({"compose.yaml, weir.toml", "compose.production.yaml, production.toml"})
    void weirGetsItsConfigurationAndTheTimeToDrain(String name, String toml) {
        WeirConfig config = DeploymentFiles.config(DeploymentFiles.docker(toml), directory);
        Node weir = compose(name).at("services", "weir");

        assertThat(weir.at("volumes").texts()).contains("./" + toml + ":/etc/weir/weir.toml:ro");
        assertThat(weir.at("read_only").value()).isEqualTo(true);
        assertThat(weir.at("tmpfs").texts()).allMatch(mount -> mount.startsWith("/tmp"));
        Duration grace = Duration.parse("PT" + weir.at("stop_grace_period").text());
        assertThat(grace).isGreaterThan(DeploymentFiles.drain(config));
        List<Integer> ports = new ArrayList<>(weir.at("ports").texts().stream()
                .map(port -> Integer.valueOf(port.substring(port.lastIndexOf(':') + 1)))
                .toList());
        assertThat(ports)
                .contains(config.get(GeneralSettings.LISTEN_PORT))
                .isSubsetOf(
                        config.get(GeneralSettings.LISTEN_PORT),
                        config.get(ConsoleSettings.CONSOLE_LISTEN_PORT),
                        config.get(ConsoleSettings.METRICS_LISTEN_PORT));
        assertThat(compose(name).at("services").entries())
                .containsKeys(config.databases().values().stream()
                        .flatMap(database -> database.hosts().stream())
                        .toArray(String[]::new));
    }

    @Test
    void developmentIsForThisMachineOnly() {
        compose("compose.yaml")
                .at("services")
                .all("ports")
                .flatMap(ports -> ports.texts().stream())
                .forEach(port -> assertThat(port).startsWith("127.0.0.1:"));
    }

    @Test
    void inProductionNobodyMayBecomeRootAndPasswordsAreFiles() {
        Node compose = compose("compose.production.yaml");
        Node services = compose.at("services");
        services.entries().forEach((name, service) -> {
            assertThat(service.at("security_opt").texts()).as(name).contains("no-new-privileges:true");
            assertThat(service.at("restart").text()).as(name).isEqualTo("unless-stopped");
            if (!name.equals("postgres")) {
                assertThat(service.at("cap_drop").texts()).as(name).containsExactly("ALL");
                assertThat(service.at("read_only").value()).as(name).isEqualTo(true);
            }
            if (service.has("environment")) {
                service.at("environment").entries().forEach((variable, value) -> {
                    if (variable.contains("PASSWORD")) {
                        assertThat(value.text()).as(variable).startsWith("/run/secrets/");
                    }
                });
            }
        });
        assertThat(services.all("ports").flatMap(ports -> ports.texts().stream()))
                .containsExactlyInAnyOrder("6432:6432", "127.0.0.1:3000:3000");
        assertThat(compose.at("networks", "database", "internal").value()).isEqualTo(true);
        Set<String> secrets = compose.at("secrets").entries().keySet();
        assertThat(Node.text(DeploymentFiles.docker("production.toml")))
                .contains("/run/secrets/db_password", "/run/secrets/metrics_token");
        assertThat(secrets).contains("db_password", "metrics_token");
    }
}
