package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who gets in, with which secret on either side, and what those hear who do not.
@ExtendWith(LeakGuard.class)
class AuthIT {
    private static final Login STRANGER = new Login("nobody_knows", "whatever", Accounts.DATABASE);

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared());
    }

    private static void assertIn(WeirFixture weir, Login login) {
        try (RawClient client = weir.connect(login)) {
            assertThat(client.value("SELECT current_user")).isEqualTo(login.user());
        }
    }

    private static Message refused(WeirFixture weir, Login login) {
        try (RawClient client = RawClient.open(weir.tcp())) {
            Message last = client.tryLogin(login).getLast();
            assertThat(last.type()).isEqualTo('E');
            assertThat(last.severity()).isEqualTo("FATAL");
            assertThat(client.readToEnd()).isEmpty();
            return last;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "md5", "scram-sha-256", "trust"})
    void everyAccountOfTheServerGetsInByEveryMethod(String method) {
        try (WeirFixture weir = setup().set("auth_type", method).start()) {
            Accounts.ALL.forEach(login -> assertIn(weir, login));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "md5", "scram-sha-256"})
    void aWrongPasswordAndAnUnknownUserHearTheSame(String method) {
        try (WeirFixture weir = setup().set("auth_type", method).start()) {
            String wrong = refused(weir, Accounts.APP.password("wrong")).toString();
            String unknown = refused(weir, STRANGER).toString();
            assertThat(unknown.replace(STRANGER.user(), "USER")).isEqualTo(wrong.replace(Accounts.APP.user(), "USER"));
            assertThat(wrong).contains("28P01");
        }
    }

    @ParameterizedTest
    @CsvSource({"plain, 3", "md5, 5", "scram-sha-256, 10"})
    void anUnknownUserIsAskedForAPasswordLikeAKnownOne(String method, int request) {
        try (WeirFixture weir = setup().set("auth_type", method).start()) {
            for (Login login : List.of(Accounts.APP, STRANGER)) {
                try (RawClient client = RawClient.open(weir.tcp())) {
                    client.send(Frontend.startup(
                            Frontend.PROTOCOL_3_0,
                            java.util.Map.of("user", login.user(), "database", login.database())));
                    Message asked = client.expect("R").getFirst();
                    assertThat(ByteBuffer.wrap(asked.body()).getInt()).isEqualTo(request);
                }
            }
        }
    }

    @Test
    void theScramSaltOfAnUnknownUserIsTheSameEachTime() {
        try (WeirFixture weir = setup().start()) {
            assertThat(scramSalt(weir, STRANGER.user())).isEqualTo(scramSalt(weir, STRANGER.user()));
            assertThat(scramSalt(weir, STRANGER.user())).isNotEqualTo(scramSalt(weir, "another_one"));
            assertThat(scramSalt(weir, STRANGER.user())).hasSameSizeAs(scramSalt(weir, Accounts.APP.user()));
        }
    }

    private static String scramSalt(WeirFixture weir, String user) {
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.startup(Frontend.PROTOCOL_3_0, java.util.Map.of("user", user, "database", "app")));
            client.expect("R");
            byte[] first = "n,,n=,r=fixednonce".getBytes(StandardCharsets.UTF_8);
            client.send(Frontend.password(
                    Frontend.concat(Frontend.cString("SCRAM-SHA-256"), Frontend.int32(first.length), first)));
            String answer = new String(client.expect("R").getFirst().body(), StandardCharsets.ISO_8859_1);
            return answer.substring(answer.indexOf(",s="));
        }
    }

    @Test
    void theIterationsOfPlaintextPasswordsAreConfigured() {
        try (WeirFixture weir = setup().set("scram_iterations", "5000").start()) {
            assertThat(scramSalt(weir, Accounts.APP.user())).endsWith(",i=5000");
            assertThat(scramSalt(weir, STRANGER.user())).endsWith(",i=5000");
            assertIn(weir, Accounts.APP);
        }
    }

    @Test
    void anUnknownDatabaseIsToldOnlyToThoseWhoHaveProvedThemselves() {
        try (WeirFixture weir = setup().start()) {
            assertThat(refused(weir, Accounts.APP.to("no_such_database")).sqlState())
                    .isEqualTo("3D000");
            assertThat(refused(weir, Accounts.APP.password("wrong").to("no_such_database"))
                            .sqlState())
                    .isEqualTo("28P01");
            assertThat(refused(weir, STRANGER.to("no_such_database")).sqlState())
                    .isEqualTo("28P01");
        }
    }

    @Test
    void trustLetsInKnownUsersOnly() {
        try (WeirFixture weir = setup().set("auth_type", "trust").start()) {
            assertIn(weir, Accounts.APP.password(""));
            assertThat(refused(weir, STRANGER).sqlState()).startsWith("28");
        }
    }

    @Test
    void anyLetsEverybodyInAsTheForcedUser() {
        TestPostgres postgres = TestPostgres.shared();
        String target = "host=127.0.0.1 port=" + postgres.port() + " user=app password=app-secret dbname=app";
        try (WeirFixture weir = setup().set("auth_type", "any")
                        .database(Accounts.DATABASE, target)
                        .database(Accounts.OTHER_DATABASE, target)
                        .start();
                RawClient client = weir.connect(STRANGER)) {
            assertThat(client.value("SELECT current_user")).isEqualTo("app");
        }
    }

    static Stream<Arguments> storedSecrets() throws Exception {
        String hash = HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("MD5").digest("md5-secretmd5_user".getBytes(StandardCharsets.UTF_8)));
        return Stream.of(
                Arguments.of("md5", Accounts.MD5, "md5" + hash),
                Arguments.of("plain", Accounts.MD5, "md5" + hash),
                Arguments.of("scram-sha-256", Accounts.APP, scramSecret("app")),
                Arguments.of("md5", Accounts.APP, scramSecret("app")));
    }

    private static String scramSecret(String user) {
        try (RawClient client = TestPostgres.shared().superuser("postgres")) {
            return client.value("SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'");
        }
    }

    @ParameterizedTest
    @MethodSource("storedSecrets")
    void aStoredSecretOpensBothDoors(String method, Login login, String secret) {
        try (WeirFixture weir =
                setup().set("auth_type", method).secret(login.user(), secret).start()) {
            assertIn(weir, login);
            assertThat(refused(weir, login.password("wrong")).sqlState()).isEqualTo("28P01");
            assertIn(weir, login);
        }
    }

    @Test
    void scramKeysOfAClientAreForItsOwnUserOnly() {
        try (WeirFixture weir = setup().secret("app", scramSecret("app"))
                .secret("other", scramSecret("other"))
                .start()) {
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.OTHER);
            assertIn(weir, Accounts.APP);
        }
    }

    @Test
    void anMd5SecretCannotBeUsedForScram() {
        try (WeirFixture weir = setup().set("auth_type", "scram-sha-256")
                .secret("md5_user", "md5" + "0".repeat(32))
                .start()) {
            assertThat(refused(weir, Accounts.MD5).sqlState()).isEqualTo("28P01");
        }
    }

    @Test
    void anEmptyPasswordIsNoPassword() {
        try (WeirFixture weir =
                setup().set("auth_type", "plain").secret("app", "").start()) {
            assertThat(refused(weir, Accounts.APP.password("")).sqlState()).startsWith("28");
        }
    }

    @Test
    void aForcedUserOwnsTheServersOfAllClients() {
        TestPostgres postgres = TestPostgres.shared();
        try (WeirFixture weir = setup().database(
                                Accounts.DATABASE,
                                "host=127.0.0.1 port=" + postgres.port() + " user=other password=other-secret")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT current_user")).isEqualTo("other");
        }
    }

    @Test
    void aScramSecretThatIsNotTheServersIsRefusedByTheServer() {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared())
                .secret(Accounts.OTHER.user(), secretOfApp())
                .start()) {
            Message refused = Logins.refused(weir, Accounts.OTHER.password(Accounts.APP.password()));
            assertThat(refused.sqlState()).isEqualTo("28P01");
            assertThat(refused.text()).isEqualTo("password authentication failed for user \"other\"");
        }
    }

    private static String secretOfApp() {
        try (RawClient superuser = TestPostgres.shared().superuser("postgres")) {
            return superuser.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'app'");
        }
    }

    @Test
    void whoHasNothingToShowToTheServerIsToldAtOnce() {
        try (WeirFixture weir = setup().set("auth_type", "trust")
                .secret(Accounts.APP.user(), secretOfApp())
                .start()) {
            Message refused = Logins.refused(weir, Accounts.APP);
            assertThat(refused.text()).isEqualTo("server login failed: wrong password type");
            assertThat(refused.sqlState()).isEqualTo("08P01");
        }
    }

    @Test
    void whatTheServerRefusesIsToldWithItsOwnWords() {
        try (WeirFixture weir = setup().start()) {
            assertThat(refused(weir, Accounts.REJECTED).sqlState()).isEqualTo("28000");
        }
        try (WeirFixture weir =
                setup().secret("other", "not-the-servers-password").start()) {
            assertThat(refused(weir, Accounts.OTHER.password("not-the-servers-password"))
                            .sqlState())
                    .isEqualTo("28P01");
        }
    }
}
