package dev.weir.proxy.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.auth.ServerAuthentication.Outcome;
import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Secrets that PostgreSQL made, and logins at PostgreSQL itself.
final class PostgresLoginIT {
    /// Passwords that SASLprep changes, leaves or must not touch.
    private static final List<String> PASSWORDS = List.of(
            "plain",
            "I\u00adX",
            "\u2168",
            "caf\u00e9 \u00aa",
            "non\u00a0breaking\u3000blanks\u200b",
            "\ud83d\ude00\u2168",
            "\u0221\u2168",
            "\u0627\u0628\u0629",
            "\u06271\u2168",
            "\u2168\u0085",
            "\u1100\u1161",
            "a\u0301\u0323");

    private final SecureRandom random = new SecureRandom();
    private final ScramKeyCache cache = new ScramKeyCache(64, random);
    private final ByteBuf out = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(out.release()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void logsInWithThePasswordWhateverTheServerAsksFor(int version) {
        TestPostgres postgres = TestPostgres.shared(version);
        for (Login login : Accounts.ALL) {
            StoredSecret secret = StoredSecret.parse(login.user(), login.password());
            assertThat(login(postgres, login.user(), secret, null))
                    .as(login.user())
                    .isInstanceOf(Outcome.Ok.class);
        }
        StoredSecret wrong = StoredSecret.parse(Accounts.APP.user(), "wrong");
        assertThat(login(postgres, Accounts.APP.user(), wrong, null))
                .isEqualTo(new Outcome.Failure("the server says 28P01"));
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void logsInWithAnMd5HashAndWithTheKeysOfAScramSecret(int version) {
        TestPostgres postgres = TestPostgres.shared(version);
        StoredSecret md5 = stored(postgres, Accounts.MD5.user());
        assertThat(md5).isInstanceOf(StoredSecret.Md5.class);
        assertThat(login(postgres, Accounts.MD5.user(), md5, null)).isInstanceOf(Outcome.Ok.class);

        StoredSecret.Scram scram = (StoredSecret.Scram) stored(postgres, Accounts.APP.user());
        ScramKeys keys = keysAfterLogin(scram, Accounts.APP.password());
        assertThat(login(postgres, Accounts.APP.user(), scram, keys)).isInstanceOf(Outcome.Ok.class);
        assertThat(login(postgres, Accounts.OTHER.user(), scram, keys)).isInstanceOf(Outcome.Failure.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void preparesPasswordsAsPostgresDoes(int version) {
        TestPostgres postgres = TestPostgres.shared(version);
        try (RawClient superuser = postgres.superuser(Accounts.DATABASE)) {
            superuser.run("SET client_encoding = 'UTF8'");
            for (String password : PASSWORDS) {
                superuser.run("CREATE USER odd_password PASSWORD '" + password + "'");
                try {
                    StoredSecret.Scram made = (StoredSecret.Scram) stored(postgres, "odd_password");
                    assertThat(ScramKeys.derive(password.getBytes(UTF_8), made.salt(), made.iterations())
                                    .secret())
                            .as(password)
                            .isEqualTo(made);
                    StoredSecret plaintext = StoredSecret.parse("odd_password", password);
                    assertThat(login(postgres, "odd_password", plaintext, null))
                            .as(password)
                            .isInstanceOf(Outcome.Ok.class);
                } finally {
                    superuser.run("DROP USER odd_password");
                }
            }
        }
    }

    private static StoredSecret stored(TestPostgres postgres, String user) {
        try (RawClient superuser = postgres.superuser(Accounts.DATABASE)) {
            String text = superuser.value("SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'");
            StoredSecret secret = StoredSecret.parse(user, text);
            if (secret instanceof StoredSecret.Scram scram) {
                assertThat(scram.text()).isEqualTo(text);
            }
            return secret;
        }
    }

    private @Nullable ScramKeys keysAfterLogin(StoredSecret.Scram secret, String password) {
        AuthSettings settings = new AuthSettings(cache, 4096, false, random);
        try (Dialog dialog = new Dialog()) {
            ClientAuthentication asked = new ClientAuthentication(AuthMethod.SCRAM_SHA_256, "client", secret, settings);
            ServerAuthentication asking =
                    new ServerAuthentication("client", new StoredSecret.Plaintext(password), null, cache, random);
            return ((ClientAuthentication.Outcome.Success)
                            dialog.run(asked, asking).asked())
                    .keys();
        }
    }

    private Outcome login(TestPostgres postgres, String user, @Nullable StoredSecret secret, @Nullable ScramKeys keys) {
        ServerAuthentication login = new ServerAuthentication(user, secret, keys, cache, random);
        try (RawClient server = RawClient.open(postgres.tcp())) {
            Messages.startup(out, Messages.PROTOCOL_3_0, Map.of("user", user, "database", Accounts.DATABASE));
            Outcome outcome = new Outcome.Continue();
            while (outcome instanceof Outcome.Continue) {
                server.send(ByteBufUtil.getBytes(out));
                out.clear();
                Message message = server.read();
                outcome = message.type() == 'R'
                        ? settle(login, message.body())
                        : new Outcome.Failure("the server says " + message.sqlState());
            }
            return outcome;
        }
    }

    private Outcome settle(ServerAuthentication login, byte[] body) {
        Outcome outcome = login.onAuthentication(Unpooled.wrappedBuffer(body), out);
        if (outcome instanceof Outcome.Derive derive) {
            derive.work().run();
            return login.resume(out);
        }
        return outcome;
    }
}
