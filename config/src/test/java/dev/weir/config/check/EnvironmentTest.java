package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.setting.InvalidValue;
import dev.weir.config.setting.RawValue;
import dev.weir.config.setting.RawValue.TomlArray;
import dev.weir.config.setting.RawValue.TomlInteger;
import dev.weir.config.setting.RawValue.TomlText;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
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

    @Test
    void looksIntoArraysAndLeavesNumbersAlone() throws InvalidValue {
        RawValue array = new TomlArray(List.of(new TomlText("${A}"), new TomlInteger(1)));
        assertThat(ENVIRONMENT.expand(array))
                .isEqualTo(new TomlArray(List.of(new TomlText("value"), new TomlInteger(1))));
    }
}
