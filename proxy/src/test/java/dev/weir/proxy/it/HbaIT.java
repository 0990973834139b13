package dev.weir.proxy.it;

import static dev.weir.proxy.it.Logins.assertIn;
import static dev.weir.proxy.it.Logins.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `auth_type = hba`: the rule that fits decides what a client must show.
@ExtendWith(LeakGuard.class)
class HbaIT {
    private static final String ADMIN = "host pgbouncer weir_admin all scram-sha-256";
    private static final Login STRANGER = new Login("nobody_knows", "whatever", Accounts.DATABASE);

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared());
    }

    private static int request(WeirFixture weir, Login login) {
        try (RawClient client = RawClient.open(weir.tcp())) {
            client.send(Frontend.startup(
                    Frontend.PROTOCOL_3_0, Map.of("user", login.user(), "database", login.database())));
            return ByteBuffer.wrap(client.expect("R").getFirst().body()).getInt();
        }
    }

    @Test
    void eachUserIsAskedForWhatItsRuleSays() {
        try (WeirFixture weir = setup().hba(
                        ADMIN,
                        "host app app 127.0.0.1/32 scram-sha-256",
                        "host app other 127.0.0.1/32 password",
                        "host app postgres 127.0.0.1 255.255.255.255 md5",
                        "host app trust_user all trust")
                .start()) {
            assertThat(request(weir, Accounts.APP)).isEqualTo(10);
            assertThat(request(weir, Accounts.OTHER)).isEqualTo(3);
            assertThat(request(weir, Accounts.SUPERUSER)).isEqualTo(5);
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.OTHER);
            assertIn(weir, Accounts.SUPERUSER);
            assertIn(weir, Accounts.TRUSTED.password("not asked for"));
            assertThat(refused(weir, Accounts.APP.password("wrong")).sqlState()).isEqualTo("28P01");
        }
    }

    @Test
    void whoFitsNoRuleOrARejectingOneHearsPostgresWords() {
        try (WeirFixture weir = setup().hba(ADMIN, "host app other all reject", "hostssl all all all trust")
                .start()) {
            Message none = refused(weir, Accounts.APP);
            assertThat(none.sqlState()).isEqualTo("28000");
            assertThat(none.toString())
                    .contains("no pg_hba.conf entry for host \"127.0.0.1\", user \"app\", database \"app\","
                            + " no encryption");
            assertThat(refused(weir, Accounts.OTHER).toString())
                    .contains("pg_hba.conf rejects connection for host \"127.0.0.1\", user \"other\", database"
                            + " \"app\", no encryption");
        }
    }

    @ParameterizedTest
    @CsvSource({"app, no authentication method is found", "other, login rejected"})
    void whoFitsNoRuleOrARejectingOneHearsPgBouncersWords(String user, String text) {
        try (WeirFixture weir = setup().set("compatibility", "pgbouncer")
                .hba(ADMIN, "host app other all reject")
                .start()) {
            Message refusal = refused(weir, new Login(user, "x", "app"));
            assertThat(refusal.toString()).contains(text);
            assertThat(refusal.sqlState()).isEqualTo("08P01");
        }
    }

    @Test
    void rulesAreForWhoClaimsToBeSomebodyNotForWhoIs() {
        try (WeirFixture weir =
                setup().hba(ADMIN, "host all all all scram-sha-256").start()) {
            String wrong = refused(weir, Accounts.APP.password("wrong")).toString();
            String unknown = refused(weir, STRANGER).toString();
            assertThat(unknown.replace(STRANGER.user(), "USER")).isEqualTo(wrong.replace("\"app\"", "\"USER\""));
        }
    }

    @Test
    void unixSocketsHaveTheirOwnRules() {
        try (WeirFixture weir = setup().hba(ADMIN, "local all app trust", "host all app all reject")
                .start()) {
            assertIn(weir.unix(), Accounts.APP.password("not asked for"), "app");
            assertThat(refused(weir, Accounts.APP).sqlState()).isEqualTo("28000");
        }
    }

    @Test
    void peerTakesTheAccountsWordForIt() {
        String account = System.getProperty("user.name");
        try (WeirFixture weir = setup().hba(ADMIN, "local all app peer map=boss", "local all all peer")
                .set("auth_ident_file", "ident.conf")
                .file("ident.conf", "boss /^(" + account.charAt(0) + ".*)$ app\nother " + account + " other\n")
                .secret(account, "unused")
                .start()) {
            assertIn(weir.unix(), Accounts.APP.password("not asked for"), "app");
            Message refusal = refused(weir.unix(), Accounts.OTHER);
            assertThat(refusal.toString()).contains("Peer authentication failed for user \"other\"");
            // Known by its own name, and then PostgreSQL has no such role.
            assertThat(refused(weir.unix(), new Login(account, "", "app")).toString())
                    .contains("password authentication failed for user \"" + account + "\"");
        }
    }

    @Test
    void aReloadTakesOverRulesThatCanBeReadAndNoOthers() throws IOException {
        try (WeirFixture weir = setup().hba(ADMIN, "host all app all trust").start()) {
            weir.reload(setup -> setup.file("hba.conf", ADMIN + "\nhost all app all md5\nhost all other all trust\n"));
            assertThat(refused(weir, Accounts.APP.password("wrong")).sqlState()).isEqualTo("28P01");
            assertIn(weir, Accounts.OTHER.password("not asked for"));

            Files.writeString(weir.directory().resolve("hba.conf"), ADMIN + "\nhost all all all nonsense\n");
            try (RawClient console = weir.console()) {
                Message error = console.error("RELOAD");
                assertThat(error.sqlState()).isEqualTo("F0000");
                assertThat(error.fields().get('D')).contains("hba.conf:2").contains("unknown method");
            }
            assertIn(weir, Accounts.OTHER.password("not asked for"));
            assertIn(weir, Accounts.APP);
        }
    }

    @Test
    void filesThatAreSetAtTheConsoleCountAtOnce() throws IOException {
        try (WeirFixture weir = setup().hba(ADMIN, "host all app all trust").start();
                RawClient console = weir.console()) {
            Files.writeString(weir.directory().resolve("other.conf"), ADMIN + "\nhost all app all reject\n");
            Files.writeString(weir.directory().resolve("broken.conf"), "host all all all nonsense\n");
            console.run("SET auth_hba_file = 'other.conf'");
            assertThat(refused(weir, Accounts.APP).toString()).contains("pg_hba.conf rejects connection");
            for (String wrong : List.of("broken.conf", "missing.conf")) {
                assertThat(console.error("SET auth_hba_file = '" + wrong + "'").text())
                        .isEqualTo("SET failed");
            }
            assertThat(refused(weir, Accounts.APP).toString()).contains("pg_hba.conf rejects connection");
            console.run("SET auth_type = md5");
            Files.writeString(weir.directory().resolve("others.txt"), "\"weir_admin\" \"admin-secret\"\n");
            console.run("SET auth_file = '" + weir.directory().resolve("others.txt") + "'");
            assertThat(refused(weir, Accounts.APP).sqlState()).isEqualTo("28P01");
            console.run("RELOAD");
            assertIn(weir, Accounts.APP.password("not asked for"));
        }
    }

    @Test
    void physicalReplicationNeedsARuleOfItsOwn() {
        try (WeirFixture weir = setup().hba(ADMIN, "host all all all trust").start()) {
            assertThat(refused(weir, Accounts.SUPERUSER.with("replication", "true"))
                            .toString())
                    .contains("no pg_hba.conf entry for replication connection from host \"127.0.0.1\","
                            + " user \"postgres\"");
        }
    }
}
