package dev.weir.proxy.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Rules for the Dockerfile, which is not built here.
final class DockerfileTest {

    private static final Pattern LINE = Pattern.compile("(?m)^([A-Z]+) +((?:[^\\n\\\\]|\\\\\\n|\\\\.)*)$");
    private static final Pattern COPIED = Pattern.compile("COPY --from=(\\S+) (\\S+) (\\S+)");

    private record Instruction(String name, String rest) {}

    private static List<Instruction> instructions() {
        String text = Node.text(DeploymentFiles.docker("Dockerfile")).replaceAll("(?m)^#.*\\n", "");
        return LINE.matcher(text)
                .results()
                .map(found -> new Instruction(found.group(1), found.group(2).replaceAll("\\\\\\n\\s*", " ")))
                .toList();
    }

    private static List<String> all(String name) {
        return instructions().stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::rest)
                .toList();
    }

    private static List<Instruction> lastStage() {
        List<Instruction> all = instructions();
        int from = all.stream().map(Instruction::name).toList().lastIndexOf("FROM");
        return all.subList(from, all.size());
    }

    private static String only(String name) {
        List<String> found = lastStage().stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::rest)
                .toList();
        assertThat(found).as(name).hasSize(1);
        return found.getFirst();
    }

    @Test
    void basesArePinned() {
        List<String> bases = all("FROM");
        assertThat(bases).hasSizeGreaterThan(1);
        bases.forEach(base -> DeploymentFiles.assertPinned(base.split(" ")[0]));
    }

    @Test
    void onlyKnownInstructionsAreUsed() {
        assertThat(instructions())
                .extracting(Instruction::name)
                .containsOnly(
                        "FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD");
    }

    @Test
    void runsAsAnOrdinaryUserNamedByNumber() {
        assertThat(only("USER")).isEqualTo("10001:10001");
        assertThat(only("RUN")).contains("useradd", "--uid 10001", "--no-create-home");
    }

    @Test
    void startsInExecFormSoThatSignalsArrive() {
        assertThat(only("ENTRYPOINT")).isEqualTo("[\"/opt/weir/weir\"]");
        assertThat(only("CMD")).isEqualTo("[\"run\", \"/etc/weir/weir.toml\"]");
        assertThat(only("HEALTHCHECK")).matches("--interval=\\S+ --timeout=\\S+ .*CMD \\[\".*\"]");
        assertThat(all("STOPSIGNAL")).as("SIGTERM, which drains").isEmpty();
    }

    @Test
    void whatIsCopiedIsThere() {
        List<String> copies = all("COPY");
        assertThat(copies).contains(". .");
        assertThat(String.join("\n", copies)).doesNotContain("http");
        Pattern script = Pattern.compile("docker/[a-z.]+");
        for (String run : all("RUN")) {
            for (MatchResult named : script.matcher(run).results().toList()) {
                Path file = DeploymentFiles.root().resolve(named.group());
                assertThat(file).exists();
                assertThat(Files.isExecutable(file)).as("%s", file).isTrue();
            }
        }
        assertThat(lastStage())
                .filteredOn(instruction -> instruction.name().equals("COPY"))
                .extracting(instruction -> "COPY " + instruction.rest())
                .allMatch(line -> COPIED.matcher(line).matches());
    }

    @Test
    void packageListsAreNotKept() {
        for (String run : all("RUN")) {
            if (run.contains("apt-get install")) {
                assertThat(run).contains("--no-install-recommends", "rm -rf /var/lib/apt/lists/*");
            }
            assertThat(run).doesNotContain("curl", "wget", "sudo", "apt-get upgrade");
        }
    }

    @Test
    void drainsUnlessToldOtherwise() {
        assertThat(only("ENV")).contains("WEIR_SHUTDOWN_DRAIN_TIMEOUT=25s", "WEIR_JAVA_HOME=/opt/weir/java");
    }

    @Test
    void theContextHasNothingThatIsNotNeeded() {
        assertThat(Node.text(DeploymentFiles.root().resolve(".dockerignore")).lines())
                .contains(".git", "**/target", "docker/secrets/*.txt");
    }
}
