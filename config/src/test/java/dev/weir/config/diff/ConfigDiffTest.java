package dev.weir.config.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.config.setting.DatabaseSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.PoolSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDiffTest {
    private static final String BASE = """
        [weir]
        auth_file = "users.txt"
        listen_port = 6432
        query_timeout = "30s"
        [databases.app]
        host = "a"
        pool_size = 5
        [databases."*"]
        host = "a"
        [users.app]
        pool_mode = "session"
        """;

    @TempDir
    Path directory;

    @BeforeEach
    void writeUsers() throws IOException {
        users("\"app\" \"x\"\n\"boss\" \"y\"\n");
    }

    private void users(String text) throws IOException {
        Files.writeString(directory.resolve("users.txt"), text);
    }

    private WeirConfig load(String text) throws IOException {
        Loaded loaded = ConfigLoader.load(Files.writeString(directory.resolve("weir.toml"), text), Map.of());
        assertThat(loaded.problems()).isEmpty();
        return Objects.requireNonNull(loaded.config());
    }

    private List<String> descriptions(String after) throws IOException {
        return ConfigDiff.between(load(BASE), load(after)).stream()
                .map(Change::description)
                .toList();
    }

    @Test
    void nothingChangesBetweenTwoReadingsOfOneFile() throws IOException {
        assertThat(ConfigDiff.between(load(BASE), load(BASE))).isEmpty();
        assertThat(ConfigDiff.between(load(BASE), load("# a comment moves every line\n" + BASE)))
                .isEmpty();
    }

    @Test
    void tellsChangedSettingsFromThoseThatNeedARestart() throws IOException {
        assertThat(descriptions(BASE.replace("6432", "7432").replace("30s", "1m")))
                .containsExactly(
                        "listen_port changed from \"6432\" to \"7432\", which needs a restart",
                        "query_timeout changed from \"30\" to \"60\"");
    }

    @Test
    void aSettingThatIsGoneGoesBackToItsDefault() throws IOException {
        assertThat(descriptions(BASE.replace("query_timeout = \"30s\"\n", "")))
                .containsExactly("query_timeout changed from \"30\" to \"0\"");
        assertThat(descriptions(BASE.replace("listen_port = 6432\n", ""))).isEmpty();
    }

    @Test
    void tellsWhichDatabasesAreNewGoneAndDifferent() throws IOException {
        assertThat(descriptions("""
            [weir]
            auth_file = "users.txt"
            query_timeout = "30s"
            [databases.app]
            host = "a"
            pool_size = 6
            password = "secret"
            user = "u"
            [databases.new]
            [users.app]
            pool_mode = "session"
            """))
                .containsExactly(
                        "database * removed",
                        "database app: pool_size, password, user changed, server connections are renewed",
                        "database new added");
    }

    @Test
    void serversAreRenewedOnlyForWhatTheyWereOpenedWith() throws IOException {
        Change.DatabaseChanged size = only(BASE.replace("pool_size = 5", "pool_size = 6"));
        assertThat(size.settings()).isEqualTo(List.of(PoolSettings.POOL_SIZE));
        assertThat(size.serversMustBeRenewed()).isFalse();
        Change.DatabaseChanged host = only(BASE.replace("host = \"a\"\npool", "host = \"b\"\npool"));
        assertThat(host.settings()).isEqualTo(List.of(DatabaseSettings.HOST));
        assertThat(host.serversMustBeRenewed()).isTrue();
        Change.DatabaseChanged wildcard = only(BASE.replace("host = \"a\"\n[users", "host = \"b\"\n[users"));
        assertThat(wildcard.after().name()).isEqualTo("*");
    }

    private Change.DatabaseChanged only(String after) throws IOException {
        List<Change> changes = ConfigDiff.between(load(BASE), load(after));
        assertThat(changes).hasSize(1).first().isInstanceOf(Change.DatabaseChanged.class);
        return (Change.DatabaseChanged) changes.getFirst();
    }

    @Test
    void tellsWhichUsersAreNewGoneAndDifferent() throws IOException {
        assertThat(descriptions(BASE.replace("session", "statement"))).containsExactly("user app: pool_mode changed");
        assertThat(descriptions(BASE.replace("[users.app]", "[users.other]")))
                .containsExactly("user app removed", "user other added");
    }

    @Test
    void tellsWhichPeersAreNewGoneAndDifferent() throws IOException {
        String peers = BASE.replace("[weir]\n", "[weir]\npeer_id = 9\n")
                + "[peers.1]\nhost = \"p\"\n[peers.2]\nhost = \"q\"\n";
        List<Change> changes = ConfigDiff.between(
                load(peers), load(peers.replace("\"q\"", "\"r\"\nport = 7000").replace("peers.1", "peers.3")));
        assertThat(changes.stream().map(Change::description))
                .containsExactly("peer 1 removed", "peer 2: host, port changed", "peer 3 added");
    }

    @Test
    void tellsThatRulesAndMapsChanged() throws IOException {
        Files.writeString(directory.resolve("hba.conf"), "local all all trust\n");
        Files.writeString(directory.resolve("ident.conf"), "map \"/^(.*)@x$\" \\1\n");
        String text = BASE.replace("[weir]\n", """
            [weir]
            auth_type = "hba"
            auth_hba_file = "hba.conf"
            auth_ident_file = "ident.conf"
            """);
        WeirConfig before = load(text);
        assertThat(ConfigDiff.between(before, load(text))).isEmpty();
        Files.writeString(directory.resolve("hba.conf"), "local all all reject\n");
        Files.writeString(directory.resolve("ident.conf"), "map \"/^(.*)@y$\" \\1\n");
        assertThat(ConfigDiff.between(before, load(text)).stream().map(Change::description))
                .containsExactly("auth_hba_file: its lines changed", "auth_ident_file: its lines changed");
    }

    @Test
    void tellsWhatBecameOfTheAuthFileWithoutItsSecrets() throws IOException {
        WeirConfig before = load(BASE);
        users("\"app\" \"changed\"\n\"new\" \"z\"\n");
        List<Change> changes = ConfigDiff.between(before, load(BASE));
        assertThat(changes)
                .containsExactly(new Change.UserListChanged(List.of("new"), List.of("boss"), List.of("app")));
        assertThat(changes.getFirst().description()).isEqualTo("auth file: 1 added, 1 removed, 1 with another secret");
        assertThat(changes.toString()).doesNotContain("changed\"", "***");
    }

    @Test
    void whatNeedsARestartKeepsItsValueUntilThen() throws IOException {
        WeirConfig before = load(BASE);
        WeirConfig after = load(BASE.replace("6432", "7432").replace("pool_size = 5", "pool_size = 6"));
        WeirConfig applicable = ConfigDiff.applicable(before, after);
        assertThat(applicable.get(GeneralSettings.LISTEN_PORT)).isEqualTo(6432);
        assertThat(applicable.databases()).isEqualTo(after.databases());
        assertThat(ConfigDiff.between(before, applicable)).hasSize(1);
        WeirConfig unset = ConfigDiff.applicable(load(BASE.replace("listen_port = 6432\n", "")), after);
        assertThat(unset.global().has(GeneralSettings.LISTEN_PORT)).isFalse();
    }
}
