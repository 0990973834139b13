package dev.weir.proxy.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.config.PasswordPlace;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import dev.weir.proxy.testkit.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Passwords that say themselves how long they are good.
class ChangingPasswordsTest {
    private static final PasswordPlace APP = new PasswordPlace(PasswordPlace.Kind.DATABASE, "app");

    @TempDir
    private Path directory;

    private final ChangingPasswords passwords = new ChangingPasswords();

    private static String token(Instant end) {
        return TokenLifeTest.token("{\"exp\":" + end.getEpochSecond() + "}");
    }

    private void write(String text) throws IOException {
        Files.writeString(directory.resolve("token"), text);
    }

    private WeirConfig config(String source) throws IOException {
        Path file = Files.writeString(directory.resolve("weir.ini"), """
            [pgbouncer]
            auth_type = any
            [databases]
            app = host=127.0.0.1 user=app %s
            """.formatted(source));
        Loaded loaded = ConfigLoader.load(file, Map.of());
        return Objects.requireNonNull(loaded.config(), () -> loaded.problems().toString());
    }

    private WeirConfig byCommand() throws IOException {
        return config("password_refresh_interval=3600 password_command='cat " + directory.resolve("token") + "'");
    }

    @Test
    void aTokenIsReplacedBeforeItsEndHoweverLongTheInterval() throws IOException {
        write(token(Instant.now().plusSeconds(4)));
        WeirConfig config = passwords.completed(byCommand());
        String next = token(Instant.now().plusSeconds(7200));
        write(next);
        await().until(() -> passwords.refreshed(config), changed -> changed.equals(Map.of(APP, new Secret(next))));
        write("never looked at");
        assertThat(passwords.refreshed(config)).isEmpty();
    }

    @Test
    void aTokenThatIsOverAlreadyIsToldAndReplacedSoon() throws IOException {
        try (LogLines log = LogLines.of("dev.weir.proxy.auth.token.ChangingPasswords")) {
            write(token(Instant.now().minusSeconds(60)));
            WeirConfig config = passwords.completed(byCommand());
            assertThat(log.lines())
                    .anyMatch(line ->
                            line.contains("password_command of databases.app: the token that it gave has expired"));
            write("another");
            await().until(() -> passwords.refreshed(config).equals(Map.of(APP, new Secret("another"))));
        }
    }

    @Test
    void aFileThatNobodyHasWrittenAnewInTimeIsToldOnce() throws IOException {
        try (LogLines log = LogLines.of("dev.weir.proxy.auth.token.ChangingPasswords")) {
            write(token(Instant.now().plusSeconds(2)));
            WeirConfig config = passwords.completed(config("password_file=token"));
            String told = "password_file of databases.app: the token in it has expired";
            await().until(() -> {
                assertThat(passwords.refreshed(config)).isEmpty();
                return log.lines().stream().anyMatch(line -> line.contains(told));
            });
            passwords.refreshed(config);
            assertThat(log.lines()).filteredOn(line -> line.contains(told)).hasSize(1);
        }
    }
}
