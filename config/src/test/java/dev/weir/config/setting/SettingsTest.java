package dev.weir.config.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Secret;
import dev.weir.config.TestKeys;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Goes through `settings.csv`, which says of every setting what its default is, what it takes and what it refuses,
/// and through whole files with each of these values in each place where it may be given.
class SettingsTest {
    private static final String IN_WEIR = "[weir]\nauth_file = \"users.txt\"\n";
    private static final String IN_PGBOUNCER = "[pgbouncer]\nauth_file = users.txt\n";

    @TempDir
    Path directory;

    record Row(
            Set<Scope> scopes,
            String name,
            boolean reloadable,
            String defaultText,
            String ini,
            String toml,
            String shown,
            String bad,
            String what) {
        static Row of(String line) {
            String[] cells = line.split("\\|", -1);
            assertThat(cells).as(line).hasSize(8);
            String name = cells[1].strip();
            return new Row(
                    scopes(cells[0].strip()),
                    name.replace("!", ""),
                    !name.endsWith("!"),
                    cells[2].strip(),
                    cells[3].strip(),
                    cells[4].strip(),
                    cells[5].strip(),
                    cells[6].strip(),
                    cells[7].strip());
        }

        private static Set<Scope> scopes(String letters) {
            return Arrays.stream(Scope.values())
                    .filter(scope -> letters.indexOf(scope.name().charAt(0)) >= 0)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
        }

        Setting<?> setting() {
            Scope first = scopes.iterator().next();
            return Objects.requireNonNull(Settings.find(first, name), name);
        }

        @Override
        public String toString() {
            return name + " in " + scopes;
        }
    }

    static List<Row> rows() throws IOException {
        try (InputStream in = Objects.requireNonNull(SettingsTest.class.getResourceAsStream("/settings.csv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Row::of)
                    .toList();
        }
    }

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(directory.resolve("users.txt"), "\"app\" \"x\"\n\"a\" \"x\"\n\"b\" \"x\"\n");
        Files.writeString(directory.resolve("password"), "x\n");
        Files.writeString(directory.resolve("hba.conf"), "local all all md5\n");
        Files.writeString(directory.resolve("ident.conf"), "map somebody app\n");
        TestKeys.RSA.writeTo(directory.resolve("key"), directory.resolve("cert"));
        Files.writeString(directory.resolve("webhook"), "https://h/y\n");
        Files.writeString(directory.resolve("headers"), "a=b\n");
    }

    private Loaded load(String text) {
        try {
            return ConfigLoader.load(Files.writeString(directory.resolve("config"), text), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everySettingHasItsRow() throws IOException {
        List<String> rows = rows().stream()
                .map(row -> row.setting().name() + row.setting().scopes())
                .toList();
        List<String> settings = Settings.all().stream()
                .map(setting -> setting.name() + setting.scopes())
                .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(settings);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void declaresItsDefaultPlacesAndReload(Row row) {
        Setting<?> setting = row.setting();
        assertThat(setting.scopes()).isEqualTo(row.scopes());
        assertThat(setting.reloadable()).isEqualTo(row.reloadable());
        assertThat(setting.showDefault()).isEqualTo(row.defaultText().equals("-") ? null : row.defaultText());
        assertThat(supportsItsDefault(setting)).isTrue();
        assertThat(setting.documentation()).endsWith(".");
        assertThat(setting.availability())
                .isIn(
                        switch (row.what()) {
                            case "ok" -> EnumSet.of(Availability.FULL, Availability.PARTIAL);
                            case "missing" -> EnumSet.of(Availability.MISSING);
                            default -> EnumSet.of(Availability.NO_EFFECT);
                        });
    }

    private static <T> boolean supportsItsDefault(Setting<T> setting) {
        return setting.supports(setting.defaultValue());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void readsTheSameValueFromBothLanguages(Row row) throws InvalidValue {
        assertReadAlike(row, row.setting());
    }

    private <T> void assertReadAlike(Row row, Setting<T> setting) throws InvalidValue {
        boolean connectString = !row.scopes().contains(Scope.GLOBAL);
        String text = connectString ? row.ini().replace("'", "") : row.ini();
        T value = setting.type().parse(new RawValue.IniText(text));
        assertThat(setting.show(value)).isEqualTo(row.shown());
        assertThat(value).isNotEqualTo(setting.defaultValue());
        // What we print must be what we read.
        if (!setting.secret()) {
            assertThat(setting.type().parse(new RawValue.IniText(setting.type().show(value))))
                    .isEqualTo(value);
        }
        for (Scope scope : row.scopes()) {
            if (row.what().equals("missing")) {
                continue;
            }
            for (String file : List.of(inToml(scope, row.name(), row.toml()), inIni(scope, row.name(), row.ini()))) {
                Loaded loaded = load(file);
                assertThat(loaded.errors()).as(file).isEmpty();
                WeirConfig config = Objects.requireNonNull(loaded.config());
                assertThat(values(config, scope).get(setting)).as(file).isEqualTo(value);
            }
        }
    }

    private static SettingValues values(WeirConfig config, Scope scope) {
        return switch (scope) {
            case GLOBAL -> config.global();
            case DATABASE ->
                Objects.requireNonNull(config.databases().get("app")).values();
            case USER -> Objects.requireNonNull(config.users().get("app")).values();
            case PEER -> Objects.requireNonNull(config.peers().get(1)).values();
        };
    }

    @ParameterizedTest
    @MethodSource("rows")
    void refusesABadValueWithItsLineAndWhatIsAllowed(Row row) {
        for (Scope scope : row.scopes()) {
            String text = inToml(scope, row.name(), row.bad());
            Loaded loaded = load(text);
            int line = text.substring(0, text.indexOf("\n" + row.name() + " =") + 1)
                    .split("\n", -1)
                    .length;
            assertThat(loaded.config()).isNull();
            assertThat(loaded.errors().toString())
                    .as(text)
                    .contains("config:" + line + ": error: ")
                    .contains(row.name())
                    .contains("; expected " + row.setting().type().allowed());
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatThisVersionCannotDoIsRefusedAndItsDefaultAccepted(Row row) {
        if (!row.what().equals("missing")) {
            assertThat(row.setting().availability()).isNotEqualTo(Availability.MISSING);
            return;
        }
        for (Scope scope : row.scopes()) {
            assertThat(load(inToml(scope, row.name(), row.toml())).errors().toString())
                    .contains("this version of Weir cannot do that");
            if (!row.defaultText().isEmpty() && !row.defaultText().equals("-") && scope == Scope.GLOBAL) {
                assertThat(load(inIni(scope, row.name(), row.defaultText())).errors())
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cert", "hba", "ldap"})
    void someWaysToLogInNeedMoreThanTheirName(String type) {
        assertThat(load(inIni(Scope.GLOBAL, "auth_type", type)).errors().toString())
                .contains(type + " needs ");
    }

    /// What a setting cannot do without.
    private static String companions(String name, String quote) {
        return switch (name) {
            case "client_tls_sslmode" ->
                "client_tls_key_file = %1$skey%1$s\nclient_tls_cert_file = %1$scert%1$s\n".formatted(quote);
            case "http_tls_key_file" -> "http_tls_cert_file = %1$scert%1$s\n".formatted(quote);
            case "http_tls_cert_file" -> "http_tls_key_file = %1$skey%1$s\n".formatted(quote);
            case "server_tls_key_file" -> "server_tls_cert_file = %1$scert%1$s\n".formatted(quote);
            case "server_tls_cert_file" -> "server_tls_key_file = %1$skey%1$s\n".formatted(quote);
            case "server_tls_negotiation" -> "server_tls_sslmode = %1$srequire%1$s\n".formatted(quote);
            default -> "";
        };
    }

    private static String inToml(Scope scope, String name, String value) {
        String line = companions(name, "\"") + name + " = " + value + "\n";
        String weir = name.equals("auth_file") ? "[weir]\n" : IN_WEIR;
        return switch (scope) {
            case GLOBAL -> weir + line + "[databases.app]\n";
            case DATABASE -> weir + "[databases.app]\n" + line;
            case USER -> weir + "[databases.app]\n[users.app]\n" + line;
            case PEER -> weir + "[databases.app]\n[peers.1]\n" + (name.equals("host") ? "" : "host = \"x\"\n") + line;
        };
    }

    private static String inIni(Scope scope, String name, String value) {
        String line = companions(name, "") + name + " = " + value + "\n";
        String entry = name + "=" + (value.contains(" ") && !value.startsWith("'") ? "'" + value + "'" : value) + "\n";
        return switch (scope) {
            case GLOBAL -> IN_PGBOUNCER + line + "[databases]\napp =\n";
            case DATABASE -> IN_PGBOUNCER + "[databases]\napp = " + entry;
            case USER -> IN_PGBOUNCER + "[databases]\napp =\n[users]\napp = " + entry;
            case PEER ->
                IN_PGBOUNCER + "[databases]\napp =\n[peers]\n1 = " + (name.equals("host") ? "" : "host=x ") + entry;
        };
    }

    @Test
    void rowsOfShowConfigAreSortedAndHoldNoSecret() {
        List<SettingRow> rows = SettingValues.empty().rows();
        assertThat(rows).extracting(SettingRow::key).isSorted().contains("listen_port", "auth_type");
        assertThat(rows).hasSameSizeAs(Settings.in(Scope.GLOBAL));
        assertThat(rows).contains(new SettingRow("listen_port", "6432", "6432", false));
        assertThat(rows).contains(new SettingRow("unix_socket_mode", "511", "0777", false));
        assertThat(rows).contains(new SettingRow("auth_user", null, null, true));
        assertThat(rows).contains(new SettingRow("query_wait_timeout", "120", "120", true));
        assertThat(SettingValues.empty()
                        .with(HttpSettings.HTTP_PASSWORD, new Secret("it-is-secret"))
                        .rows())
                .contains(new SettingRow("http_password", "***", "", true))
                .noneMatch(row -> String.valueOf(row.value()).contains("it-is"));
    }

    @Test
    void valuesAreImmutableAndFallBackToDefaults() {
        SettingValues empty = SettingValues.empty();
        SettingValues changed = empty.with(PoolSettings.MAX_CLIENT_CONN, 7);
        assertThat(empty.find(PoolSettings.MAX_CLIENT_CONN)).isNull();
        assertThat(empty.get(PoolSettings.MAX_CLIENT_CONN)).isEqualTo(100);
        assertThat(changed.find(PoolSettings.MAX_CLIENT_CONN)).isEqualTo(7);
        assertThat(changed.without(PoolSettings.MAX_CLIENT_CONN))
                .isEqualTo(empty)
                .hasSameHashCodeAs(empty);
        assertThat(changed.withValueOf(empty, PoolSettings.MAX_CLIENT_CONN)).isEqualTo(empty);
        assertThat(empty.withValueOf(changed, PoolSettings.MAX_CLIENT_CONN)).isEqualTo(changed);
        assertThatThrownBy(() -> changed.explicit().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
