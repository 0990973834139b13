package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The units: by rules of our own everywhere, and by `systemd-analyze` where that is installed.
final class SystemdUnitTest {

    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
    private static final Pattern LINE = Pattern.compile("(#.*|\\[[A-Z][a-z]+]|[A-Za-z]+=.*|)");
    private static final Pattern EXPOSURE = Pattern.compile("Overall exposure level for .*: ([0-9.]+)");

    @TempDir
    private Path directory;

    private static String unit(String name) {
        return Node.text(DeploymentFiles.docker("systemd/" + name));
    }

    private static String value(String unit, String key) {
        List<String> values = unit(unit)
                .lines()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
        assertThat(values).as("%s in %s", key, unit).hasSize(1);
        return values.getFirst();
    }

    private static int seconds(String key) {
        return Integer.parseInt(value("weir.service", key).replace("s", ""));
    }

    @Test
    void linesAreSections_commentsOrSettings() {
        for (String name : List.of("weir.service", "weir.socket")) {
            assertThat(unit(name).lines()).allMatch(line -> LINE.matcher(line).matches());
        }
    }

    @Test
    void tellsSystemdAndHasTimeToDrain() {
        assertThat(value("weir.service", "Type")).isEqualTo("notify");
        String environment = value("weir.service", "Environment");
        assertThat(environment).matches("WEIR_SHUTDOWN_DRAIN_TIMEOUT=[0-9]+s");
        int drain = Integer.parseInt(environment.replaceAll("[^0-9]", ""));
        assertThat(seconds("TimeoutStopSec")).isGreaterThan(drain);
        assertThat(unit("weir.service")).as("SIGTERM, which drains").doesNotContain("KillSignal=");
        assertThat(value("weir.service", "ExecStart")).startsWith("/opt/weir/weir run /");
    }

    @Test
    void socketsOutliveTheService() {
        String runtime = "/run/" + value("weir.service", "RuntimeDirectory") + "/";
        assertThat(unit("weir.socket").lines().filter(line -> line.startsWith("ListenStream=/")))
                .as("not in a directory that goes with the service")
                .hasSize(1)
                .noneMatch(line -> line.contains(runtime));
        assertThat(unit("sysusers.conf")).contains("u " + value("weir.service", "User") + " ");
    }

    @Test
    void systemdFindsNothingToSay() throws Exception {
        assumeThat(ANALYZE).exists();
        assertThat(analyze("verify", "--man=no", "weir.service", "weir.socket")).isEmpty();
    }

    @Test
    void systemdFindsLittleThatIsExposed() throws Exception {
        assumeThat(ANALYZE).exists();
        var level = EXPOSURE.matcher(analyze("security", "--offline=true", "--no-pager", "weir.service"));
        assertThat(level.find()).isTrue();
        assertThat(Double.parseDouble(level.group(1))).isLessThan(2);
    }

    /// What it prints about copies whose programs exist on this machine.
    private String analyze(String... arguments) throws IOException, InterruptedException {
        for (String name : List.of("weir.service", "weir.socket")) {
            Files.writeString(directory.resolve(name), unit(name).replace("/opt/weir/weir ", "/bin/true "));
        }
        List<String> command = new ArrayList<>(List.of(ANALYZE.toString()));
        for (String argument : arguments) {
            command.add(
                    argument.startsWith("weir.") ? directory.resolve(argument).toString() : argument);
        }
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }
}
