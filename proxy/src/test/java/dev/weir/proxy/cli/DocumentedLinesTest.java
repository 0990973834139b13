package dev.weir.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the pages tell people to type into a shell is understood.
final class DocumentedLinesTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\\R(.*?)^ *```");

    @ParameterizedTest
    @MethodSource("lines")
    void everyLineIsUnderstood(String line) {
        String[] words = line.split(" +");
        assertThat(words[0]).isEqualTo("weir");
        assertThatCode(() -> Main.commandLine()
                        .parseArgs(line.substring("weir ".length()).split(" +")))
                .as(line)
                .doesNotThrowAnyException();
    }

    @Test
    void thePagesHaveLines() throws IOException {
        assertThat(lines()).hasSizeGreaterThan(10);
    }

    static Stream<String> lines() throws IOException {
        try (Stream<Path> pages = Files.walk(DOCS)) {
            return pages
                    .filter(page -> page.toString().endsWith(".md"))
                    .flatMap(DocumentedLinesTest::commands)
                    .distinct()
                    .toList()
                    .stream();
        }
    }

    private static Stream<String> commands(Path page) {
        try {
            return BLOCK.matcher(Files.readString(page))
                    .results()
                    .flatMap(block -> block.group(1).lines())
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("DATABASE_URL="));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
