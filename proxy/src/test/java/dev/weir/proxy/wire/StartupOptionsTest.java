package dev.weir.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.StartupOptions.Settings;
import dev.weir.proxy.wire.StartupOptions.UnsupportedSwitch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartupOptionsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c work_mem=1MB",
                "-cwork_mem=1MB",
                "--work_mem=1MB",
                "--work-mem=1MB",
                "-c work-mem=1MB",
                "  \t-c\n work_mem=1MB\r\f\u000b",
                "-c wo\\rk_mem=1\\MB",
                "-c work_mem=1MB\\"
            })
    void understandsEveryWayToSetAParameter(String options) {
        assertThat(StartupOptions.parse(options)).isEqualTo(new Settings(List.of(Map.entry("work_mem", "1MB"))));
    }

    @Test
    void keepsSeveralInOrder() {
        assertThat(StartupOptions.parse("-c a=1 --b=2 -ca=3"))
                .isEqualTo(new Settings(List.of(Map.entry("a", "1"), Map.entry("b", "2"), Map.entry("a", "3"))));
        assertThat(StartupOptions.parse(" ")).isEqualTo(new Settings(List.of()));
    }

    @Test
    void takesEscapedBlanksBackslashesAndEmptyValues() {
        assertThat(StartupOptions.parse("-c search_path=a,\\ b --x=\\\\ --y= --z=a=b-c"))
                .isEqualTo(new Settings(List.of(
                        Map.entry("search_path", "a, b"),
                        Map.entry("x", "\\"),
                        Map.entry("y", ""),
                        Map.entry("z", "a=b-c"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-B", "-c", "--", "-", "x", "--a", "--=b", "-F", "-S", "\\-"})
    void namesTheFirstSwitchThatSetsNoParameter(String bad) {
        String word = bad.replace("\\", "");
        assertThat(StartupOptions.parse("--ok=1 " + bad)).isEqualTo(new UnsupportedSwitch(word));
    }

    @Test
    void knowsOnlyTheBlanksOfTheCLocale() {
        assertThat(StartupOptions.parse("--a=x\u00a0y\u2003z"))
                .isEqualTo(new Settings(List.of(Map.entry("a", "x\u00a0y\u2003z"))));
    }
}
