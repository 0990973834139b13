package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferencesTest {
    @TempDir
    Path directory;

    @Test
    void tellsWhatIsDifferentOfWhatStandsInTheFile() throws IOException {
        Path file = Files.writeString(directory.resolve("pgbouncer.ini"), """
            [pgbouncer]
            listen_port = 6432
            server_login_retry = 3
            pkt_buf = 8192
            [databases]
            app = pool_size=3
            [users]
            app = query_timeout=3
            """);
        assertThat(Differences.of(file).stream().map(Object::toString))
                .hasSize(3)
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith(file + ":3: note: server_login_retry: The longest pause between attempts"),
                        second -> assertThat(second)
                                .isEqualTo(file + ":4: note: pkt_buf: Accepted and without effect in Weir."),
                        third -> assertThat(third)
                                .startsWith(file + ":8: note: query_timeout: PostgreSQL gets a cancel"));
    }

    @Test
    void tellsOfVariablesAndOfPortsThatPgBouncerDoesNotHave() throws IOException {
        Path file = Files.writeString(directory.resolve("pgbouncer.ini"), """
            [pgbouncer]
            listen_addr = 127.0.0.1
            metrics_listen_port = 9999
            [databases]
            app = host=127.0.0.1 password='a${HOME}b'
            meant = host=127.0.0.1 password='a$${HOME}b'
            """);
        assertThat(Differences.of(file).stream().map(Object::toString))
                .containsExactly(file + ":5: note: password: ${NAME} stands for an environment variable;"
                        + " write $${ where the characters are meant.");
        WeirConfig config = Objects.requireNonNull(
                ConfigLoader.load(file, Map.of("HOME", "/root")).config());
        assertThat(Differences.ofListeners(config).stream().map(Object::toString))
                .containsExactly(file + ": note: console_listen_port: The console listens on 127.0.0.1 port 6433,"
                        + " which PgBouncer does not; 0 switches it off.");
    }

    @Test
    void aFileInTomlIsNoMatterOfPgBouncers() throws IOException {
        Path file = Files.writeString(directory.resolve("weir.toml"), "[weir]\nserver_login_retry = \"3s\"\n");
        assertThat(Differences.of(file)).isEmpty();
    }

    @Test
    void everySettingThatDiffersSaysHow() {
        assertThat(Settings.all())
                .filteredOn(setting -> Differences.of(setting) != null)
                .allSatisfy(setting -> assertThat(Differences.of(setting)).endsWith("."));
    }
}
