package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the runbooks and guides tell people to ask PostgreSQL, PostgreSQL answers.
final class DocumentedStatementsIT {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sql\\R(.*?)^ *```");

    @ParameterizedTest
    @MethodSource("blocks")
    void runs(String block) {
        try (RawClient client = TestPostgres.shared().superuser("postgres")) {
            client.run("BEGIN");
            client.run(block);
            client.run("ROLLBACK");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {15})
    void runsOnOlderOnesToo(int version) throws IOException {
        try (RawClient client = TestPostgres.shared(version).superuser("postgres")) {
            for (String block : blocks().toList()) {
                client.run("BEGIN");
                client.run(block);
                client.run("ROLLBACK");
            }
        }
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(blocks()).hasSizeGreaterThan(4);
    }

    static Stream<String> blocks() throws IOException {
        return Stream.concat(Stream.of(DOCS.resolve("runbooks.md")), guides()).flatMap(DocumentedStatementsIT::blocks);
    }

    private static Stream<Path> guides() throws IOException {
        try (Stream<Path> guides = Files.list(DOCS.resolve("guides"))) {
            return guides.sorted().toList().stream();
        }
    }

    private static Stream<String> blocks(Path page) {
        try {
            return BLOCK
                    .matcher(Files.readString(page))
                    .results()
                    .map(block -> block.group(1).strip())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
