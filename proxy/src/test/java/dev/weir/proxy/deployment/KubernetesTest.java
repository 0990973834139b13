package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.HttpSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The manifests, which no cluster reads here: required fields, and that they fit each other and Weir's configuration.
final class KubernetesTest {

    private static final Map<String, String> VERSIONS = Map.of(
            "Deployment", "apps/v1",
            "Service", "v1",
            "PodDisruptionBudget", "policy/v1",
            "HorizontalPodAutoscaler", "autoscaling/v2",
            "NetworkPolicy", "networking.k8s.io/v1",
            "ServiceMonitor", "monitoring.coreos.com/v1");

    @TempDir
    private Path directory;

    private static Node kustomization() {
        return Node.document(DeploymentFiles.docker("kubernetes/kustomization.yaml"));
    }

    private static List<Node> objects() {
        List<Node> objects = new ArrayList<>();
        for (String resource : kustomization().at("resources").texts()) {
            objects.addAll(Node.documents(DeploymentFiles.docker("kubernetes").resolve(resource)));
        }
        return objects;
    }

    private static List<Node> objects(String kind) {
        return objects().stream()
                .filter(object -> object.at("kind").text().equals(kind))
                .toList();
    }

    private static Node object(String kind) {
        List<Node> found = objects(kind);
        assertThat(found).as(kind).hasSize(1);
        return found.getFirst();
    }

    private static Node pod() {
        return object("Deployment").at("spec", "template", "spec");
    }

    private static Node container() {
        return pod().at("containers", 0);
    }

    private static int containerPort(String name) {
        return container().at("ports").list().stream()
                .filter(port -> port.at("name").text().equals(name))
                .findFirst()
                .orElseThrow()
                .at("containerPort")
                .number();
    }

    private WeirConfig config() {
        return DeploymentFiles.config(DeploymentFiles.docker("kubernetes/weir.toml"), directory);
    }

    private static void assertSelects(Node labels) {
        Map<?, ?> ofPods = object("Deployment")
                .at("spec", "template", "metadata", "labels")
                .map();
        labels.entries().forEach((key, value) -> assertThat(ofPods.get(key)).isEqualTo(value.text()));
    }

    @Test
    void everyFileIsApplied() {
        assertThat(DeploymentFiles.all(".yaml").stream()
                        .filter(file -> file.toString().contains("kubernetes"))
                        .map(file -> file.getFileName().toString())
                        .filter(name -> !name.equals("kustomization.yaml")))
                .containsExactlyInAnyOrderElementsOf(
                        kustomization().at("resources").texts());
        assertThat(objects()).extracting(object -> object.at("kind").text()).containsAll(VERSIONS.keySet());
    }

    @Test
    void objectsSayWhatTheyAre() {
        for (Node object : objects()) {
            String kind = object.at("kind").text();
            assertThat(object.at("apiVersion").text()).isEqualTo(VERSIONS.get(kind));
            assertThat(object.at("metadata", "name").text()).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
            assertThat(object.at("spec").map()).isNotEmpty();
            assertThat(object.at("metadata").has("namespace"))
                    .as("left to the kustomization")
                    .isFalse();
        }
    }

    @Test
    void selectorsMatchLabels() {
        Node deployment = object("Deployment");
        assertSelects(deployment.at("spec", "selector", "matchLabels"));
        assertSelects(pod().at("topologySpreadConstraints", 0, "labelSelector", "matchLabels"));
        objects("Service").forEach(service -> assertSelects(service.at("spec", "selector")));
        assertSelects(object("PodDisruptionBudget").at("spec", "selector", "matchLabels"));
        assertSelects(object("NetworkPolicy").at("spec", "podSelector", "matchLabels"));
        Map<?, ?> wanted =
                object("ServiceMonitor").at("spec", "selector", "matchLabels").map();
        assertThat(objects("Service").stream()
                        .map(service -> service.at("metadata", "labels").map())
                        .filter(labels -> labels.entrySet().containsAll(wanted.entrySet())))
                .hasSize(1);
    }

    @Test
    void portsAreThoseOfTheConfiguration() {
        WeirConfig config = config();
        assertThat(containerPort("postgres")).isEqualTo(config.get(GeneralSettings.LISTEN_PORT));
        assertThat(containerPort("http")).isEqualTo(config.get(ConsoleSettings.METRICS_LISTEN_PORT));
        assertThat(config.get(GeneralSettings.LISTEN_ADDR)).containsExactly("*");
        assertThat(config.get(ConsoleSettings.METRICS_LISTEN_ADDR)).containsExactly("*");
        for (Node service : objects("Service")) {
            for (Node port : service.at("spec", "ports").list()) {
                assertThat(port.at("port").number())
                        .isEqualTo(containerPort(port.at("targetPort").text()));
            }
        }
        assertThat(object("NetworkPolicy").all("port").map(Node::number))
                .containsExactlyInAnyOrder(containerPort("postgres"), containerPort("http"));
        Node endpoint = object("ServiceMonitor").at("spec", "endpoints", 0);
        assertThat(endpoint.at("path").text()).isEqualTo("/metrics");
        assertThat(endpoint.at("port").text()).isEqualTo("http");
    }

    @Test
    void probesAskTheRightPages() {
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            Node get = container().at(probe, "httpGet");
            assertThat(get.at("port").text()).isEqualTo("http");
            assertThat(get.at("path").text())
                    .isEqualTo(probe.equals("readinessProbe") ? "/health/ready" : "/health/live");
        }
    }

    @Test
    void thereIsTimeToDrainAndToBeTakenOutOfTheEndpoints() {
        WeirConfig config = config();
        assertThat((long) pod().at("terminationGracePeriodSeconds").number())
                .isGreaterThan(DeploymentFiles.drain(config).toSeconds());
        Node readiness = container().at("readinessProbe");
        int noticed = readiness.at("periodSeconds").number()
                * readiness.at("failureThreshold").number();
        assertThat((long) noticed)
                .isLessThan(config.get(GeneralSettings.SHUTDOWN_ACCEPT_DELAY).toSeconds());
        // Weir counts its time from SIGTERM, which comes after a hook.
        assertThat(container().has("lifecycle")).isFalse();
    }

    @Test
    void oneIsAlwaysThere() {
        Node rolling = object("Deployment").at("spec", "strategy", "rollingUpdate");
        assertThat(rolling.at("maxUnavailable").number()).isZero();
        assertThat(rolling.at("maxSurge").number()).isPositive();
        Node scaler = object("HorizontalPodAutoscaler").at("spec");
        assertThat(scaler.at("minReplicas").number())
                .isGreaterThan(
                        object("PodDisruptionBudget").at("spec", "minAvailable").number())
                .isLessThanOrEqualTo(scaler.at("maxReplicas").number());
        Node target = scaler.at("scaleTargetRef");
        assertThat(target.at("kind").text()).isEqualTo("Deployment");
        assertThat(target.at("apiVersion").text()).isEqualTo("apps/v1");
        assertThat(target.at("name").text())
                .isEqualTo(object("Deployment").at("metadata", "name").text());
        assertThat(object("Deployment").at("spec").has("replicas"))
                .as("whom the autoscaler would fight with")
                .isFalse();
        assertThat(container().at("resources", "requests").has("cpu"))
                .as("what utilisation is measured by")
                .isTrue();
    }

    @Test
    void runsWithoutAnyRights() {
        Node user = pod().at("securityContext");
        assertThat(user.at("runAsNonRoot").value()).isEqualTo(true);
        assertThat(Node.text(DeploymentFiles.docker("Dockerfile")))
                .contains("USER " + user.at("runAsUser").number() + ":"
                        + user.at("runAsGroup").number());
        assertThat(user.at("seccompProfile", "type").text()).isEqualTo("RuntimeDefault");
        Node rights = container().at("securityContext");
        assertThat(rights.at("readOnlyRootFilesystem").value()).isEqualTo(true);
        assertThat(rights.at("allowPrivilegeEscalation").value()).isEqualTo(false);
        assertThat(rights.at("capabilities", "drop").texts()).containsExactly("ALL");
        assertThat(pod().at("automountServiceAccountToken").value()).isEqualTo(false);
        assertThat(container().at("resources", "limits").has("memory")).isTrue();
    }

    @Test
    void volumesConfigurationAndSecretsAreThere() {
        List<String> volumes = pod().at("volumes").list().stream()
                .map(volume -> volume.at("name").text())
                .toList();
        assertThat(container().at("volumeMounts").list().stream()
                        .map(mount -> mount.at("name").text()))
                .containsExactlyInAnyOrderElementsOf(volumes);
        Node generated = kustomization().at("configMapGenerator", 0);
        assertThat(pod().at("volumes", 0, "configMap", "name").text())
                .isEqualTo(generated.at("name").text());
        String file = generated.at("files", 0).text();
        assertThat(DeploymentFiles.docker("kubernetes").resolve(file)).exists();
        assertThat(container().at("args").texts()).containsExactly("run", "/etc/weir/" + file);

        Node secret = pod().at("volumes", 1, "secret");
        String told = Node.text(DeploymentFiles.docker("kubernetes/kustomization.yaml"));
        assertThat(told)
                .contains("create secret generic " + secret.at("secretName").text());
        for (Node item : secret.at("items").list()) {
            assertThat(told).contains("--from-literal=" + item.at("key").text() + "=");
            assertThat(Node.text(DeploymentFiles.docker("kubernetes/weir.toml")))
                    .contains("/etc/weir-secrets/" + item.at("path").text());
        }
        assertThat(config().get(HttpSettings.HTTP_BEARER_TOKEN_FILE)).endsWith("metrics-token");
        Node credentials = object("ServiceMonitor").at("spec", "endpoints", 0, "authorization", "credentials");
        assertThat(Stream.of("name", "key").map(key -> credentials.at(key).text()))
                .containsExactly(secret.at("secretName").text(), "metrics-token");
    }

    @Test
    void theImageIsPinned() {
        Node image = kustomization().at("images", 0);
        assertThat(image.at("name").text()).isEqualTo(container().at("image").text());
        DeploymentFiles.assertPinned(
                image.at("newName").text() + ":" + image.at("newTag").text());
    }
}
