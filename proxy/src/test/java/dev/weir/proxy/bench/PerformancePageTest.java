package dev.weir.proxy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PerformancePageTest {

    private static final Path PAGE = Path.of("..", "docs", "performance.md");
    private static final String HEADING = "## The workloads\n\n";
    private static final BenchPlan USUAL = new BenchPlan(
            5,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            List.of(),
            null,
            null,
            List.of(),
            10_000,
            1024,
            5000,
            true);

    @Test
    void theCheckedInPageListsTheWorkloads() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(HEADING) + HEADING.length();
        String rendered = page.substring(0, begin) + table() + page.substring(page.indexOf("\n\n", begin) + 1);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/performance.md; write it anew with -Ddocs.write=true")
                .isEqualTo(rendered);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| name | what it does |\n|---|---|\n");
        Bench.workloads(USUAL).forEach((name, title) -> table.append("| `%s` | %s |%n".formatted(name, title)));
        return table.toString();
    }
}
