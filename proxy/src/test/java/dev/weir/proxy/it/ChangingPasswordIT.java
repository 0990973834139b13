package dev.weir.proxy.it;

import static dev.weir.proxy.it.Logins.assertIn;
import static dev.weir.proxy.it.Logins.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Passwords of servers that commands make and files hold, as they change while Weir runs.
@ExtendWith(LeakGuard.class)
class ChangingPasswordIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TestPostgres POSTGRES = TestPostgres.shared();

    @TempDir
    Path directory;

    @BeforeEach
    void createRole() {
        sql("DROP ROLE IF EXISTS token_user");
        sql("CREATE ROLE token_user LOGIN PASSWORD 'first-token'");
    }

    @AfterEach
    void dropRole() {
        sql("DROP ROLE token_user");
    }

    private static void sql(String text) {
        try (RawClient client = POSTGRES.superuser("postgres")) {
            client.run(text);
        }
    }

    private Path token(String text) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), text);
        return Files.move(next, directory.resolve("token"), StandardCopyOption.REPLACE_EXISTING);
    }

    private WeirFixture.Setup setup(String source) {
        return WeirFixture.over(POSTGRES)
                .set("server_lifetime", "0")
                .set("server_login_retry", "0.1")
                .set("client_login_timeout", "5")
                .database(Accounts.DATABASE, "host=127.0.0.1 port=" + POSTGRES.port() + " user=token_user " + source);
    }

    private WeirFixture.Setup byCommand(String command) {
        return setup("password_command='" + command + "' password_refresh_interval=0.2");
    }

    private static void awaitIn(WeirFixture weir) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertIn(weir.tcp(), Accounts.APP, "token_user"));
    }

    @Test
    void aCommandsOutputLogsInAndIsRenewed() throws IOException {
        Path token = token("first-token\n");
        try (WeirFixture weir = byCommand("cat " + token).start()) {
            assertIn(weir.tcp(), Accounts.APP, "token_user");

            sql("ALTER ROLE token_user PASSWORD 'second-token'");
            token("  second-token  \n\n");
            awaitIn(weir);
        }
    }

    @Test
    void aCommandThatFailsLeavesThePasswordBeforeInUse() throws IOException {
        Path token = token("first-token\n");
        Path broken = directory.resolve("broken");
        Path failures = directory.resolve("failures");
        String command = "if test -e " + broken + "; then echo x >> " + failures + "; echo wrong; exit 3; fi; cat ";
        try (WeirFixture weir = byCommand(command + token).start()) {
            assertIn(weir.tcp(), Accounts.APP, "token_user");
            Files.createFile(broken);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(failures)
                            && Files.readAllLines(failures).size() > 1);
            assertIn(weir.tcp(), Accounts.APP, "token_user");
        }
    }

    @Test
    void aCommandThatGivesNothingAtTheStartIsTriedAgain() throws IOException {
        Path token = directory.resolve("token");
        try (WeirFixture weir = byCommand("cat " + token).start()) {
            assertThat(refused(weir, Accounts.APP).sqlState()).isNotEqualTo("28P01");
            token("first-token\n");
            awaitIn(weir);
        }
    }

    @Test
    void aReloadRunsAnotherCommandAtOnceAndTheSameNotAgain() throws IOException {
        Path runs = directory.resolve("runs");
        String command = "echo run >> " + runs + "; echo first-token";
        try (WeirFixture weir = setup("password_command='" + command + "'").start()) {
            assertIn(weir.tcp(), Accounts.APP, "token_user");
            weir.reload(setup -> setup.set("query_timeout", "100"));
            assertIn(weir.tcp(), Accounts.APP, "token_user");
            assertThat(Files.readAllLines(runs)).hasSize(1);

            weir.reload(setup -> setup.database(
                    Accounts.DATABASE,
                    "host=127.0.0.1 port=" + POSTGRES.port() + " user=token_user password_command='echo first-token'"));
            assertIn(weir.tcp(), Accounts.APP, "token_user");
        }
    }

    @Test
    void aFileIsReadAgainWhenItChanges() throws IOException {
        Path token = token("first-token\n");
        try (WeirFixture weir = setup("password_file=" + token).start()) {
            assertIn(weir.tcp(), Accounts.APP, "token_user");
            sql("ALTER ROLE token_user PASSWORD 'second-token'");
            token("second-token\n");
            awaitIn(weir);

            // Gone for a moment, as when somebody deletes it first and writes it then.
            Files.delete(token);
            assertIn(weir.tcp(), Accounts.APP, "token_user");
            sql("ALTER ROLE token_user PASSWORD 'third-token'");
            token("third-token\n");
            awaitIn(weir);
        }
    }

    @Test
    void aUsersFileChangesWhatClientsMustKnow() throws IOException {
        Path token = token("first-token\n");
        Login user = new Login("token_user", "first-token", Accounts.DATABASE);
        try (WeirFixture weir = WeirFixture.over(POSTGRES)
                .user("token_user", "password_file=" + token)
                .start()) {
            assertIn(weir, user);
            sql("ALTER ROLE token_user PASSWORD 'second-token'");
            token("second-token\n");
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertIn(weir, user.password("second-token")));
            assertThat(refused(weir, user).sqlState()).isEqualTo("28P01");
        }
    }
}
