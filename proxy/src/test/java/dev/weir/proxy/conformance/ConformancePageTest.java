package dev.weir.proxy.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConformancePageTest {

    private static final Path PAGE = Path.of("..", "docs", "conformance.md");
    private static final String HEADING = "## The checks\n\n";

    @Test
    void theCheckedInPageListsTheChecks() throws IOException {
        String page = Files.readString(PAGE);
        String rendered = page.substring(0, page.indexOf(HEADING)) + HEADING + table();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/conformance.md; write it anew with -Ddocs.write=true")
                .isEqualTo(rendered);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| check | what holds when it passes |\n|---|---|\n");
        for (CheckGroup group : Conformance.groups()) {
            table.append("| **").append(group.title()).append("** | |\n");
            group.checks().forEach(check -> table.append("| `%s` | %s |%n".formatted(check.id(), check.claim())));
        }
        return table.toString();
    }
}
