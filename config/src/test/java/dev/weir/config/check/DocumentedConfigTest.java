package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.TestKeys;
import dev.weir.config.access.HbaRule;
import dev.weir.config.read.HbaReader;
import dev.weir.config.read.IdentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What we show to newcomers must work when they paste it.
class DocumentedConfigTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(toml|ini)\\R(.*?)^ *```");
    private static final Pattern NAMED_FILE = Pattern.compile("auth_(hba_|ident_)?file *= *\"?([^\"\\s]+)\"?");
    private static final Pattern TLS_FILE = Pattern.compile("_tls_(key|cert|ca)_file *= *\"?([^\"\\s]+)\"?");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"weir.toml", "pgbouncer.ini"})
    void examplesLoadWithoutAnyProblem(String name) {
        Loaded loaded = ConfigLoader.load(Path.of("examples", name), Map.of());
        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.config()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void blocksInThePagesLoadWithoutErrors(Path page) throws IOException {
        for (MatchResult block : BLOCK.matcher(Files.readString(page)).results().toList()) {
            assertThat(errors(block.group(1), block.group(2).stripIndent()))
                    .as("%s: %s", page, block.group())
                    .isEmpty();
        }
    }

    /// The rules and maps of the pages, read as Weir would read them.
    @Test
    void rulesAndMapsInThePagesAreSome() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/authentication.md"));
        Files.writeString(directory.resolve("machines.txt"), "build-7\n");
        HbaReader.Result rules = HbaReader.read(directory.resolve("hba.conf"), block(page, "hba"));
        assertThat(rules.problems()).isEmpty();
        assertThat(rules.rules().rules()).hasSize(9);
        IdentReader.Result maps = IdentReader.read("ident.conf", block(page, "ident"));
        assertThat(maps.problems()).isEmpty();
        assertThat(maps.maps().allow("machines", "build-7.example.org", "build-7"))
                .isTrue();
        assertThat(rules.rules().rules())
                .extracting(HbaRule::map)
                .filteredOn(map -> !map.isEmpty())
                .allMatch(maps.maps().maps()::containsKey);
    }

    private static String block(String page, String language) {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```").matcher(page);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    @Test
    void pagesAreFound() throws IOException {
        assertThat(pages()).anyMatch(page -> page.endsWith("configuration.md"));
    }

    static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        Path readme = ROOT.resolve("README.md");
        if (Files.exists(readme)) {
            pages.add(readme);
        }
        return pages.stream();
    }

    /// A block may be a part of a file only, and name files and variables that are not here.
    private List<Problem> errors(String language, String text) throws IOException {
        String whole = language.equals("ini") && !text.contains("[pgbouncer]") ? text + "\n[pgbouncer]\n" : text;
        for (MatchResult named : NAMED_FILE.matcher(whole).results().toList()) {
            Path users = directory.resolve(named.group(2));
            whole = whole.replace(named.group(2), users.getFileName().toString());
            String kind = named.group(1) == null ? "" : named.group(1);
            String content = switch (kind) {
                case "hba_" -> "local all all peer map=m\n";
                case "ident_" -> "m app app\n";
                default -> "\"app\" \"x\"\n";
            };
            Files.writeString(directory.resolve(users.getFileName()), content);
        }
        for (MatchResult named : TLS_FILE.matcher(whole).results().toList()) {
            Path file = directory.resolve(Path.of(named.group(2)).getFileName());
            whole = whole.replace(named.group(2), file.toString());
            boolean key = named.group(1).equals("key");
            Files.writeString(file, key ? TestKeys.RSA.keyPem() : TestKeys.RSA.certificatePem());
        }
        Map<String, String> variables = new HashMap<>();
        VARIABLE.matcher(whole).results().forEach(variable -> variables.put(variable.group(1), "x"));
        Path file = Files.writeString(directory.resolve("block"), whole);
        return ConfigLoader.load(file, variables).errors();
    }
}
