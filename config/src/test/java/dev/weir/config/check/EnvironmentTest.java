package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.InvalidValue;
import dev.weir.config.setting.RawValue;
import dev.weir.config.setting.RawValue.TomlArray;
import dev.weir.config.setting.RawValue.TomlInteger;
import dev.weir.config.setting.RawValue.TomlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    @TempDir
    private Path directory;

    private static final Environment ENVIRONMENT =
            new Environment(Map.of("A", "value", "EMPTY", "", "DOLLARS", "$1 ${A} \\"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain               | plain",
                "${A}                | value",
                "x${A}y${A}          | xvalueyvalue",
                "${A:-other}         | value",
                "${UNSET:-other}     | other",
                "${UNSET:-}x         | x",
                "x${EMPTY}y          | xy",
                "${EMPTY:-other}     | other",
                "$${A}               | ${A}",
                "$A $ {A} $          | $A $ {A} $",
                "${DOLLARS}          | $1 ${A} \\",
                "${UNSET:-a$b\\c}    | a$b\\c",
            })
    void replacesVariablesInTexts(String text, String expanded) throws InvalidValue {
        assertThat(ENVIRONMENT.expand(new TomlText(text))).isEqualTo(new TomlText(expanded));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${UNSET}  | the environment variable UNSET is not set",
                "${A       | ${ is not followed by a variable's name and }; write $${ for the characters",
                "${}       | ${ is not followed by a variable's name and }; write $${ for the characters",
                "${1}      | ${ is not followed by a variable's name and }; write $${ for the characters",
                "${A:-x    | ${ is not followed by a variable's name and }; write $${ for the characters",
            })
    void tellsWhatCannotBeReplaced(String text, String reason) {
        assertThatThrownBy(() -> ENVIRONMENT.expand(new TomlText(text))).hasMessage(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "25s  |                                         | PT25S",
                "30   |                                         | PT30S",
                "''   |                                         | PT0S",
                "25s  | shutdown_drain_timeout = \"0s\"       | PT0S",
            })
    void saysHowToEndInAContainerWhereTheFileDoesNot(String variable, @Nullable String line, Duration timeout)
            throws IOException {
        Loaded loaded = load(variable, line == null ? "" : line);

        assertThat(loaded.problems()).isEmpty();
        assertThat(Objects.requireNonNull(loaded.config()).get(GeneralSettings.SHUTDOWN_DRAIN_TIMEOUT))
                .isEqualTo(timeout);
    }

    @Test
    void tellsWhatIsWrongWithTheVariable() throws IOException {
        assertThat(load("soon", "").problems().getFirst().toString())
                .contains("WEIR_SHUTDOWN_DRAIN_TIMEOUT", "shutdown_drain_timeout", "soon");
    }

    @Test
    void warnsWhereMostOfTheTimeToDrainWouldGoByBeforeItBegins() throws IOException {
        assertThat(load("", "shutdown_drain_timeout = \"8s\"").problems())
                .singleElement()
                .asString()
                .contains("shutdown_accept_delay", "half of shutdown_drain_timeout");
    }

    private Loaded load(String variable, String line) throws IOException {
        Path file = Files.writeString(directory.resolve("weir.toml"), """
            [weir]
            auth_type = "any"
            console_listen_port = 0
            metrics_listen_port = 0
            %s
            [databases.app]
            host = "db"
            user = "app"
            """.formatted(line));
        return ConfigLoader.load(file, Map.of("WEIR_SHUTDOWN_DRAIN_TIMEOUT", variable));
    }

    @Test
    void looksIntoArraysAndLeavesNumbersAlone() throws InvalidValue {
        RawValue array = new TomlArray(List.of(new TomlText("${A}"), new TomlInteger(1)));
        assertThat(ENVIRONMENT.expand(array))
                .isEqualTo(new TomlArray(List.of(new TomlText("value"), new TomlInteger(1))));
    }
}
