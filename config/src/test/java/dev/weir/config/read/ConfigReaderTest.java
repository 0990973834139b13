package dev.weir.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ConfigFormat;
import dev.weir.config.setting.RawValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    @TempDir
    Path directory;

    private RawConfig read(String text) throws IOException {
        return ConfigReader.read(Files.writeString(directory.resolve("file"), text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[pgbouncer]\n",
                "; comment\n",
                "# comment\n\n  [pgbouncer]\n",
                "[databases]\napp = host=x\n",
                "[databases]\n'my db' = host = x\n[pgbouncer]\n",
                "%include other.ini\n",
                "[users]\n[pgbouncer]\n",
            })
    void knowsAnIniFileByItsContent(String text) throws IOException {
        assertThat(read(text).format()).isEqualTo(ConfigFormat.INI);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# comment\n",
                "[weir]\n",
                "[databases.app]\nhost = \"x\"\n",
                "[databases]\napp = { host = \"x\" }\n",
                "[databases]\napp.host = \"x=y\"\n",
                "[databases]\n",
                "[ users . app ]\n",
            })
    void knowsATomlFileByItsContent(String text) throws IOException {
        assertThat(read(text).format()).isEqualTo(ConfigFormat.TOML);
        assertThat(read(text).problems()).isEmpty();
    }

    @Test
    void commentsInAnIniFileStandAtTheBeginningOfALineOnly() throws IOException {
        RawConfig raw = read("  ; one\n\t# two\n[pgbouncer]\r\n  logfile\t=  a ; b # c  \r\n");
        assertThat(raw.problems()).isEmpty();
        assertThat(raw.global()).hasSize(1);
        assertThat(raw.global().getFirst().value()).isEqualTo(new RawValue.IniText("a ; b # c"));
        assertThat(raw.global().getFirst().origin().line()).isEqualTo(4);
    }

    @Test
    void sectionsOfAnIniFileMayComeAgainAndInAnyOrder() throws IOException {
        RawConfig raw = read("""
            [users]
            u = pool_mode=session
            [pgbouncer]
            verbose = 1
            [databases]
            a.b-c_d* = host=x
            'it''s' =
            [pgbouncer]
            log_stats = 0
            [peers]
            1 = host=y
            """);
        assertThat(raw.problems()).isEmpty();
        assertThat(raw.global()).extracting(RawSetting::key).containsExactly("verbose", "log_stats");
        assertThat(raw.databases()).extracting(RawBlock::name).containsExactly("a.b-c_d*", "it's");
        assertThat(raw.users()).extracting(RawBlock::name).containsExactly("u");
        assertThat(raw.peers()).extracting(RawBlock::name).containsExactly("1");
    }

    @Test
    void tellsEveryBrokenLineOfAnIniFile() throws IOException {
        List<String> problems = messages(read("""
            early = 1
            [pgbouncer] trailing
            [pgbouncer
            [Databases]
            ignored = 1
            [pgbouncer]
            "quoted" = 1
            key with blanks = 1
            'unfinished = 1
            %exclude x
            """));
        assertThat(problems)
                .containsExactly(
                        "1 stands before the first section",
                        "2 syntax error: a section is written [name], with nothing behind it",
                        "3 syntax error: a section is written [name], with nothing behind it",
                        "4 unknown section: Databases",
                        "7 syntax error: names with special characters stand in single quotes",
                        "8 syntax error: expected key = value",
                        "9 syntax error: expected key = value",
                        "10 syntax error: only %include is known after %");
    }

    @Test
    void anIniFileNeedsItsMainSection() throws IOException {
        assertThat(messages(read("[databases]\napp = host=x\n"))).containsExactly("0 there is no [pgbouncer] section");
    }

    @Test
    void includesMayOpenSectionsAndKeepTheirOwnLines() throws IOException {
        Files.writeString(directory.resolve("inner.ini"), "\n[databases]\napp = host\n");
        RawConfig raw = read("[pgbouncer]\n%include inner.ini\nnext = host=x\n");
        assertThat(raw.databases()).extracting(RawBlock::name).containsExactly("next");
        assertThat(raw.problems())
                .extracting(problem -> problem.origin().toString())
                .containsExactly("inner.ini:3");
    }

    @Test
    void aFileThatIncludesItselfIsToldOnce() throws IOException {
        Files.writeString(directory.resolve("other"), "%include file\n");
        assertThat(messages(read("[pgbouncer]\n%include file\n%include other\n")))
                .containsExactly("2 included file file: includes itself", "1 included file file: includes itself");
    }

    @Test
    void includesMayBeTenDeep() throws IOException {
        for (int depth = 2; depth <= 11; depth++) {
            Files.writeString(directory.resolve("deep" + depth), "%include deep" + (depth + 1) + "\nkey = 1\n");
        }
        RawConfig raw = read("[pgbouncer]\n%include deep2\n");
        assertThat(raw.global()).hasSize(9);
        assertThat(messages(raw)).containsExactly("1 included file deep11: includes are more than 10 deep");
    }

    @Test
    void includesAreReadABoundedNumberOfTimes() throws IOException {
        Files.writeString(directory.resolve("inner"), "key = 1\n");
        RawConfig raw = read("[pgbouncer]\n" + "%include inner\n".repeat(201));
        assertThat(raw.global()).hasSize(200);
        assertThat(messages(raw)).containsExactly("202 included file inner: more than 200 files are included");
    }

    @Test
    void includesShareTheLimitOnSize() throws IOException {
        Files.writeString(directory.resolve("large"), "; padding\n".repeat(300_000));
        assertThat(messages(read("[pgbouncer]\n%include large\n%include large\n")))
                .singleElement()
                .asString()
                .startsWith("3 included file large: larger than ");
    }

    @Test
    void namesTheLineOfBrokenTomlButNotAPassword() throws IOException {
        RawConfig raw = read("[weir]\nlisten_port = \n[databases.a]\npassword = hunter2\nhost = \"x\"\nhost = \"y\"\n");
        assertThat(raw.problems())
                .extracting(problem -> problem.origin().line())
                .contains(2, 4, 6);
        assertThat(raw.toString()).doesNotContain("hunter");
    }

    @Test
    void keepsTheLineOfEveryTomlValue() throws IOException {
        RawConfig raw = read("""
            [weir]
            a = "text"
            b = 1

            c = [
              "x", 2.5, true,
            ]
            d = 1979-05-27
            [databases.x]
            e = { f = 1 }
            """);
        assertThat(raw.global()).extracting(setting -> setting.origin().line()).containsExactlyInAnyOrder(2, 3, 5, 8);
        assertThat(raw.global())
                .extracting(RawSetting::value)
                .contains(
                        new RawValue.TomlArray(List.of(
                                new RawValue.TomlText("x"),
                                new RawValue.TomlFloat(2.5),
                                new RawValue.TomlBoolean(true))),
                        new RawValue.TomlOther("a date or time"));
        assertThat(raw.databases().getFirst().origin().line()).isEqualTo(9);
        assertThat(raw.databases().getFirst().settings().getFirst().value())
                .isEqualTo(new RawValue.TomlOther("a table"));
    }

    @Test
    void aByteOrderMarkIsNotPartOfTheFile() throws IOException {
        assertThat(read("\uFEFF[pgbouncer]\n").problems()).isEmpty();
    }

    private static List<String> messages(RawConfig raw) {
        return raw.problems().stream()
                .map(problem -> problem.origin().line() + " " + problem.message())
                .toList();
    }
}
