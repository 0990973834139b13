package dev.weir.console.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.check.SetCommand;
import dev.weir.console.TestConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the pages tell people to type at the console is understood there.
final class DocumentedCommandsTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```console\\R(.*?)^ *```");

    @ParameterizedTest
    @MethodSource("lines")
    void everyCommandIsKnown(String line) {
        List<Command> commands = CommandParser.parse(line, List.of());
        assertThat(commands).hasSize(1);
        assertThat(commands.getFirst()).as(line).isNotInstanceOfAny(Command.ShowSetting.class, Command.Known.class);
        if (commands.getFirst() instanceof Command.Set(String key, String value)) {
            assertThat(SetCommand.apply(TestConfig.empty(), key, value))
                    .as(line)
                    .isInstanceOf(SetCommand.Outcome.Changed.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"runbooks.md", "sizing.md", "guides/from-pgbouncer.md"})
    void thePagesHaveCommands(String page) throws IOException {
        assertThat(commands(DOCS.resolve(page))).isNotEmpty();
    }

    static Stream<String> lines() throws IOException {
        try (Stream<Path> pages = Files.walk(DOCS)) {
            return pages
                    .filter(page -> page.toString().endsWith(".md"))
                    .flatMap(DocumentedCommandsTest::commands)
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
                    .filter(line -> !line.isEmpty());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
