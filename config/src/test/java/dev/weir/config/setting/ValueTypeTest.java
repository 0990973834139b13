package dev.weir.config.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.ByteSize;
import dev.weir.config.setting.RawValue.IniText;
import dev.weir.config.setting.RawValue.TomlFloat;
import dev.weir.config.setting.RawValue.TomlInteger;
import dev.weir.config.setting.RawValue.TomlText;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tomlj.Toml;

class ValueTypeTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "7,7",
        "-7,-7",
        "+7,7",
        "0777,511",
        "0x1fF,511",
        "-0X10,-16",
        "00,0",
        "9223372036854775807,9223372036854775807",
        "-9223372036854775808,-9223372036854775808",
    })
    void integersAreReadAsByStrtolWithBaseZero(String text, long value) throws InvalidValue {
        assertThat(Numbers.baseZero(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "08",
                "0x",
                "1.0",
                "1e3",
                "1 2",
                "#ff",
                "--1",
                "9223372036854775808",
                "0xfffffffffffffffff",
                "99999999999999999999999999",
                "true",
                "\u0661",
            })
    void everythingElseIsNotAnInteger(String text) {
        assertThatThrownBy(() -> Numbers.baseZero(text)).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({"0,false", "1,true", "2,true", "-1,true"})
    void booleansOfAnIniFileAreIntegers(String text, boolean value) throws InvalidValue {
        assertThat(ValueTypes.BOOLEAN.parse(new IniText(text))).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "yes", "on", "", "false"})
    void wordsAreNoBooleansInAnIniFile(String text) {
        assertThatThrownBy(() -> ValueTypes.BOOLEAN.parse(new IniText(text))).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({
        "30s,PT30S",
        "5 ms,PT0.005S",
        "1h30m,PT1H30M",
        "1h 30 min,PT1H30M",
        "1.5h,PT1H30M",
        "2d,PT48H",
        "7us,PT0.000007S",
        "7\u00b5s,PT0.000007S",
        "' 1 s ',PT1S",
        "1M,PT1M",
        "10sec,PT10S",
        "0s,PT0S",
    })
    void durationsInTomlCarryUnits(String text, Duration value) throws InvalidValue {
        assertThat(ValueTypes.DURATION.parse(new TomlText(text))).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "s",
                "5",
                "5 5s",
                "5s5",
                "-5s",
                "5x",
                "5ss",
                "5 s m",
                "1e3s",
                "99999999999999999999s",
                "36526d",
                "5msx",
                "1h30",
                "NaN",
                "5,5s",
                "1.s",
            })
    void otherTextsAreNoDurations(String text) {
        assertThatThrownBy(() -> ValueTypes.DURATION.parse(new TomlText(text))).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({"0,PT0S", "1.5,PT1.5S", ".25,PT0.25S", "3.,PT3S", "0.0000019,PT0.000001S", "007,PT7S"})
    void durationsOfAnIniFileAreSeconds(String text, Duration value) throws InvalidValue {
        assertThat(ValueTypes.DURATION.parse(new IniText(text))).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "5s", "1e3", "0x10", "inf", ".", "3155760001"})
    void otherTextsOfAnIniFileAreNoDurations(String text) {
        assertThatThrownBy(() -> ValueTypes.DURATION.parse(new IniText(text))).isInstanceOf(InvalidValue.class);
    }

    @Test
    void durationsHaveBounds() {
        assertThatThrownBy(() -> ValueTypes.KEEPALIVE_SECONDS.parse(new IniText("32768")))
                .hasMessage("out of range");
        assertThatThrownBy(() -> ValueTypes.MILLISECONDS.parse(new IniText("2147483648")))
                .hasMessage("out of range");
        assertThatThrownBy(() -> ValueTypes.PERIOD.parse(new TomlInteger(0))).hasMessage("out of range");
        assertThatThrownBy(() -> ValueTypes.DURATION.parse(new TomlInteger(Long.MAX_VALUE)))
                .hasMessage("longer than a century");
        assertThatThrownBy(() -> ValueTypes.DURATION.parse(new TomlFloat(Double.NaN)))
                .hasMessage("not a duration");
        assertThatThrownBy(() -> ValueTypes.DURATION.parse(new TomlFloat(1e308)))
                .hasMessage("longer than a century");
        assertThatThrownBy(() -> ValueTypes.WHOLE_SECONDS.parse(new IniText("0.5")))
                .hasMessage("not a whole number of seconds");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void durationsAreReadAsTheyArePrinted(long seed) throws InvalidValue {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            long micros = random.nextLong(DurationType.CENTURY.toSeconds() * 1_000_000) >> random.nextInt(52);
            Duration value = Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
            DurationType type = ValueTypes.DURATION;
            assertThat(type.parse(new IniText(type.show(value))))
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(value);
            String toml = type.toml(value);
            assertThat(type.parse(new TomlText(toml.substring(1, toml.length() - 1))))
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(value);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "64 KiB,65536",
        "64kB,65536",
        "64KB,65536",
        "1MiB,1048576",
        "2 gb,2147483648",
        "1 TiB,1099511627776",
        "7B,7",
        "0 B,0",
    })
    void sizesInTomlCarryUnitsOf1024(String text, long bytes) throws InvalidValue {
        assertThat(ValueTypes.size(0, Long.MAX_VALUE).parse(new TomlText(text))).isEqualTo(new ByteSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "KiB", "-1 KiB", "1.5 MiB", "9999999 TiB", "999999999999999999 TiB", "1 PiB"})
    void otherTextsAreNoSizes(String text) {
        assertThatThrownBy(() -> ValueTypes.size(0, 1L << 50).parse(new TomlText(text)))
                .isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1,1 B", "1023,1023 B", "1024,1 KiB", "1536,1536 B", "1048576,1 MiB", "1073741824,1 GiB"})
    void sizesPrintInTheLargestUnitThatIsExact(long bytes, String text) {
        assertThat(new ByteSize(bytes)).hasToString(text);
    }

    @Test
    void textsHaveALimitInBytesAndNoNul() {
        TextType type = new TextType("name", 4);
        assertThatThrownBy(() -> type.parse(new IniText("\u20ac\u20ac"))).hasMessage("too long");
        assertThatThrownBy(() -> type.parse(new TomlText("a\0"))).hasMessage("contains a NUL");
    }

    @Test
    void listsHaveALimit() {
        assertThatThrownBy(() -> ValueTypes.listOf("names").parse(new IniText("a,".repeat(10_001))))
                .hasMessage("more than 10000 items");
        assertThatThrownBy(() -> ValueTypes.listOf("names").parse(new IniText("a".repeat(1_025))))
                .hasMessage("too long");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void textsAreWrittenAsTomlReadsThem(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.append("ab\"\\\n\t\r\u0001\u007f\u00e9\u20ac'".charAt(random.nextInt(12)));
            }
            assertThat(Toml.parse("a = " + TextType.tomlString(text.toString())).getString("a"))
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(text.toString());
        }
    }
}
