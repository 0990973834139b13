package dev.weir.config.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.ConfigFormat;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.PeerConfig;
import dev.weir.config.UserConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.Scope;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A converted file means what the ini file means.
class TomlConversionTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("SECRET", "from the environment");

    @TempDir
    Path directory;

    @BeforeEach
    void writeUsers() throws IOException {
        Files.writeString(directory.resolve("users.txt"), "\"app\" \"x\"\n");
        Files.writeString(directory.resolve("password"), "x\n");
    }

    /// What a configuration means, without where it is written.
    private record Meaning(
            SettingValues global,
            Map<String, SettingValues> databases,
            Map<String, SettingValues> users,
            Map<Integer, SettingValues> peers,
            Object userList) {
        static Meaning of(WeirConfig config) {
            Map<String, SettingValues> databases = config.databases().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, each -> each.getValue().values()));
            DatabaseConfig wildcard = config.wildcard();
            if (wildcard != null) {
                databases.put("*", wildcard.values());
            }
            Map<String, SettingValues> users =
                    config.users().values().stream().collect(Collectors.toMap(UserConfig::name, UserConfig::values));
            Map<Integer, SettingValues> peers =
                    config.peers().values().stream().collect(Collectors.toMap(PeerConfig::id, PeerConfig::values));
            return new Meaning(
                    config.global().without(GeneralSettings.CONFFILE).without(AuthSettings.AUTH_FILE),
                    databases,
                    users,
                    peers,
                    new TreeMap<>(config.userList().secrets()));
        }
    }

    private WeirConfig load(Path file) {
        Loaded loaded = ConfigLoader.load(file, ENVIRONMENT);
        assertThat(loaded.errors()).isEmpty();
        return Objects.requireNonNull(loaded.config());
    }

    private String converted(String ini) throws IOException {
        Path file = Files.writeString(directory.resolve("pgbouncer.ini"), ini);
        String toml = TomlConversion.of(file);
        // what stands in the auth file is compared, not where it is
        WeirConfig after = load(Files.writeString(directory.resolve("weir.toml"), toml));
        assertThat(after.format()).isEqualTo(ConfigFormat.TOML);
        assertThat(Meaning.of(after)).as(toml).isEqualTo(Meaning.of(load(file)));
        return toml;
    }

    @Test
    void settingsEntriesAndCommentsAreKept() throws IOException {
        assertThat(converted("""
            ;; The pooler of the shop
            [databases]
            ; the main one
            shop = host=10.0.0.1,10.0.0.2 port=5433 password='it''s ${SECRET}' user=shop
            'with blanks' = dbname=other
            * = host=/run/postgresql

            [pgbouncer]
            # where
            listen_addr = 127.0.0.1, ::1
            listen_port = 0x1900

            ;; how
            auth_type = scram-sha-256
            auth_file = users.txt
            unix_socket_mode = 0700
            query_timeout = 1.5
            server_check_query = select '${x}'
            conffile = /etc/pgbouncer/pgbouncer.ini
            ;admin_users = nobody

            [users]
            app = pool_mode=session query_timeout=0

            [peers]
            2 = host=/run/other port=6433
            ;; the end
            """)).isEqualTo("""
                [weir]
                # what clients are told is what PgBouncer tells them; "weir" for PostgreSQL's own words
                compatibility = "pgbouncer"
                # where
                listen_addr = ["127.0.0.1", "::1"]
                listen_port = 6400
                # how
                auth_type = "scram-sha-256"
                auth_file = "users.txt"
                unix_socket_mode = "0700"
                query_timeout = "1s500ms"
                server_check_query = "select '$${x}'"
                # conffile = "/etc/pgbouncer/pgbouncer.ini"

                # The pooler of the shop
                # the main one
                [databases.shop]
                host = ["10.0.0.1", "10.0.0.2"]
                port = 5433
                password = "it's ${SECRET}"
                user = "shop"

                [databases."with blanks"]
                dbname = "other"

                [databases."*"]
                host = ["/run/postgresql"]

                # admin_users = nobody

                [users.app]
                pool_mode = "session"
                query_timeout = "0s"

                [peers.2]
                host = ["/run/other"]
                port = 6433

                # the end
                """);
    }

    @Test
    void whatIsIncludedStandsInItsPlaceAndTheLastOfSeveralCounts() throws IOException {
        Path included = Files.writeString(directory.resolve("more.ini"), """
            ; included
            max_client_conn = 7
            [databases]
            app = pool_size=1
            """);
        String toml = converted("[pgbouncer]\nmax_client_conn = 5\nauth_file = users.txt\n%include " + included
                + "\napp = pool_size=2\n");
        assertThat(toml)
                .contains("# included\nmax_client_conn = 7\n", "[databases.app]\npool_size = 2\n")
                .doesNotContain("max_client_conn = 5", "pool_size = 1");
    }

    @Test
    void aFileInTheWorkingDirectoryIsNamedInFull() throws IOException {
        Path here = Files.createTempFile(Path.of("").toAbsolutePath(), "users", ".txt");
        try {
            String name = here.getFileName().toString();
            String toml = converted("[pgbouncer]\nauth_file = " + name + "\n[databases]\napp =\n");
            assertThat(toml).contains("auth_file = \"" + here + "\"");
        } finally {
            Files.delete(here);
        }
    }

    @Test
    void onlyIniFilesThatCanBeReadAreConverted() throws IOException {
        Path toml = Files.writeString(directory.resolve("a"), "[weir]\n");
        Path broken = Files.writeString(directory.resolve("b"), "[pgbouncer]\nnonsense\n");
        assertThatThrownBy(() -> TomlConversion.of(toml)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TomlConversion.of(broken)).isInstanceOf(IllegalArgumentException.class);
    }

    /// Values for an ini file, from the table that names some for every setting.
    private static Map<Setting<?>, String> values(Scope scope) throws IOException {
        Map<Setting<?>, String> values = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
        try (InputStream in = Objects.requireNonNull(TomlConversionTest.class.getResourceAsStream("/settings.csv"))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] cells = line.split("\\|", -1);
                if (line.startsWith("#") || cells[7].strip().equals("missing")) {
                    continue;
                }
                Setting<?> setting = Settings.find(scope, cells[1].strip().replace("!", ""));
                if (setting != null && setting.in(scope)) {
                    values.put(setting, cells[3].strip());
                }
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyConfigurationMeansTheSameAfterwards(long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder ini = new StringBuilder("[pgbouncer]\n");
        some(Scope.GLOBAL, random).forEach(line -> ini.append(line).append('\n'));
        ini.append("[databases]\n");
        for (String name : List.of("app", "'a b'", "*", "'q''t'", "d.e")) {
            ini.append("; about ").append(name).append('\n');
            ini.append(name)
                    .append(" = ")
                    .append(String.join(" ", some(Scope.DATABASE, random)))
                    .append('\n');
        }
        ini.append("[users]\napp = ")
                .append(String.join(" ", some(Scope.USER, random)))
                .append('\n');
        converted(ini.toString());
    }

    /// Whether a file with nothing but this setting is not one that can be loaded: other files and settings belong to
    /// it.
    private static boolean needsMoreThanItself(Setting<?> setting) {
        String name = setting.name();
        boolean file = name.endsWith("_file") && !setting.equals(AuthSettings.AUTH_FILE);
        boolean login =
                name.startsWith("password_") || (name.startsWith("auth_") && !setting.equals(AuthSettings.AUTH_FILE));
        return file || login || name.contains("tls") || setting.equals(GeneralSettings.CONFFILE);
    }

    private List<String> some(Scope scope, Random random) throws IOException {
        List<String> lines = new ArrayList<>();
        values(scope).forEach((setting, value) -> {
            if (!needsMoreThanItself(setting) && random.nextInt(3) > 0) {
                boolean quoted = scope != Scope.GLOBAL && value.contains(" ") && !value.startsWith("'");
                lines.add(
                        setting.name() + (scope == Scope.GLOBAL ? " = " : "=") + (quoted ? "'" + value + "'" : value));
            }
        });
        return lines;
    }
}
