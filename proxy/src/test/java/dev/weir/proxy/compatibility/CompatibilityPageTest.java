package dev.weir.proxy.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.AuthType;
import dev.weir.config.access.HbaMethod;
import dev.weir.config.setting.Availability;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.Settings;
import dev.weir.console.show.Topic;
import dev.weir.console.show.Topics;
import dev.weir.proxy.compatibility.CompatibilityRow.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The page misses nothing, names no test that is not there, and is up to date.
final class CompatibilityPageTest {

    private static final Path PAGE = TestSources.ROOT.resolve("docs/pgbouncer-compatibility.md");

    @Test
    void theCheckedInPageIsWhatWeirDoes() throws IOException {
        String rendered = CompatibilityPage.render();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/pgbouncer-compatibility.md; write it anew with -Ddocs.write=true")
                .isEqualTo(rendered);
    }

    static List<CompatibilityRow> rows() {
        return CompatibilityRow.all();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyRowNamesATestThatIsThere(CompatibilityRow row) {
        assertThat(TestSources.has(row.test())).as(row.test()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void everySettingOfPgBouncersHasItsRow(Scope scope) {
        List<String> rows = CompatibilityRow.of(Kind.SETTING).stream()
                .filter(row -> row.first().equals(CompatibilityPage.place(scope)))
                .map(CompatibilityRow::second)
                .toList();
        // Weir's own settings have since = Weir, and a setting of PgBouncer's may stand in more places here.
        List<String> known = Settings.in(scope).stream()
                .filter(setting -> setting.since().startsWith("PgBouncer"))
                .map(Setting::name)
                .toList();
        assertThat(rows).doesNotHaveDuplicates();
        assertThat(known).containsAll(rows);
        if (scope == Scope.GLOBAL) {
            assertThat(rows).containsExactlyInAnyOrderElementsOf(known);
        }
    }

    static List<CompatibilityRow> topics() {
        return CompatibilityRow.of(Kind.SHOW);
    }

    @ParameterizedTest
    @MethodSource("topics")
    void columnsHavePgBouncersNamesOrderAndTypes(CompatibilityRow row) {
        Topic topic = Objects.requireNonNull(Topics.find(row.first()));
        assertThat(CompatibilityPage.columns(topic, " ")).isEqualTo(row.second());
    }

    @Test
    void everyTopicAndCommandOfTheConsoleHasItsRow() {
        Set<String> own = Set.of("PINS", "ALERTS", "QUERIES", "SLOW", "BLOCKERS", "ADVICE");
        assertThat(topics().stream().map(CompatibilityRow::first))
                .as("a topic of Weir's own belongs to those that are left out here")
                .containsExactlyInAnyOrderElementsOf(Topics.ALL.stream()
                        .map(Topic::name)
                        .filter(name -> !own.contains(name))
                        .toList());
        assertThat(CompatibilityRow.of(Kind.COMMAND).stream()
                        .map(CompatibilityRow::first)
                        .filter(name -> !name.equals("SHOW HELP")))
                .containsExactlyInAnyOrderElementsOf(CompatibilityPage.commands());
    }

    @Test
    void everyAuthenticationMethodHasItsRow() {
        assertThat(CompatibilityRow.of(Kind.AUTH).stream().map(CompatibilityRow::first))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(AuthType.values()).map(AuthType::text).toList());
    }

    @Test
    void everyMethodOfRulesHasItsRow() {
        assertThat(CompatibilityRow.of(Kind.HBA).stream().map(CompatibilityRow::first))
                .containsExactlyInAnyOrderElementsOf(HbaMethod.words());
    }

    /// A class that does not speak of a setting hardly shows what it does; where it does so by other means, the row
    /// names
    /// the method.
    @Test
    void theTestOfASettingSpeaksOfIt() {
        assertThat(CompatibilityRow.of(Kind.SETTING))
                .filteredOn(row -> !row.test().contains("#"))
                .filteredOn(row ->
                        CompatibilityPage.setting(Scope.valueOf(row.first().toUpperCase(Locale.ROOT)), row.second())
                                        .availability()
                                == Availability.FULL)
                .allSatisfy(row -> assertThat(TestSources.mentions(row.test(), row.second()))
                        .as("%s in %s", row.second(), row.test())
                        .isTrue());
    }

    @Test
    void whatIsNotRefusedIsShownByATestOfItsOwn() {
        assertThat(CompatibilityRow.of(Kind.SETTING))
                .filteredOn(row -> row.test().equals("SettingsTest")
                        && !row.second().startsWith("auth_")
                        && !row.second().contains("_tls"))
                .allSatisfy(row -> {
                    Setting<?> setting = CompatibilityPage.setting(
                            Scope.valueOf(row.first().toUpperCase(Locale.ROOT)), row.second());
                    assertThat(setting.availability())
                            .as("%s works: name the test that shows it in pgbouncer-1.25.csv", setting)
                            .isNotEqualTo(Availability.FULL);
                });
    }
}
