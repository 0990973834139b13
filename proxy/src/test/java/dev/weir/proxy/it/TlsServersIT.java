package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.FakePostgres;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers with TLS: levels, certificates, channel binding, cancel requests, and what a reload does.
@ExtendWith(LeakGuard.class)
class TlsServersIT {
    private static TlsPostgres server;

    @BeforeAll
    static void start() {
        server = new TlsPostgres();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WeirFixture.Setup over(String host, String mode) {
        return WeirFixture.overPort(server.postgres.port())
                .database(Accounts.DATABASE, "host=" + host + " port=" + server.postgres.port())
                .set("server_tls_sslmode", mode);
    }

    private static WeirFixture.Setup verifying(String host, String mode) {
        return over(host, mode).set("server_tls_ca_file", server.authorityFile.toString());
    }

    private static String encryption(RawClient client) {
        return client.value("SELECT coalesce(version, 'none') FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    }

    private static String tlsColumn(WeirFixture weir) {
        try (RawClient console = weir.console()) {
            return Shown.rows(console, "SHOW SERVERS").getFirst().get("tls");
        }
    }

    /// The error that a login ends in when no server can be reached.
    private static Message refusal(WeirFixture.Setup setup, Login login) {
        try (WeirFixture weir = setup.set("client_login_timeout", "2").start();
                RawClient client = RawClient.open(weir.tcp())) {
            return client.tryLogin(login).getLast();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "allow, auto",
        "prefer, auto",
        "require, auto",
        "require, boringssl",
        "verify-ca, auto",
        "verify-full, auto",
        "verify-full, jdk"
    })
    void everyLevelReachesAServerWithTls(String mode, String engine) {
        try (WeirFixture weir = verifying("localhost", mode)
                        .set("tls_engine", engine)
                        .set("server_tls_channel_binding", "require".equals(mode) ? "require" : "prefer")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(encryption(client)).isEqualTo("TLSv1.3");
            assertThat(tlsColumn(weir)).startsWith("TLSv1.3/TLS_AES_");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "server_tls_protocols, tlsv1.2, TLSv1.2/",
        "server_tls_protocols, 'all,!tlsv1.3', TLSv1.2/",
        "server_tls_ciphers, ECDHE-ECDSA-AES128-GCM-SHA256, TLSv1.2/",
        "server_tls13_ciphers, TLS_CHACHA20_POLY1305_SHA256, TLSv1.3/TLS_CHACHA20_POLY1305_SHA256"
    })
    void versionsAndCiphersAreConfigured(String setting, String value, String shown) {
        WeirFixture.Setup setup = over("localhost", "require");
        if (setting.equals("server_tls_ciphers")) {
            setup.set("server_tls_protocols", "tlsv1.2");
        }
        try (WeirFixture weir = setup.set(setting, value).start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
            assertThat(tlsColumn(weir)).startsWith(shown);
            if (setting.equals("server_tls_ciphers")) {
                assertThat(tlsColumn(weir)).contains("ECDHE-ECDSA-AES128-GCM-SHA256");
            }
        }
    }

    @Test
    void theAddressIsCheckedWhereItIsAllThatIsConfigured() {
        try (WeirFixture weir = verifying("127.0.0.1", "verify-full").start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(encryption(client)).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void withoutTlsOnlyThoseAreReachedWhoTakeIt() {
        try (WeirFixture weir = over("127.0.0.1", "disable").start();
                RawClient client = weir.connect(Accounts.PLAIN)) {
            assertThat(encryption(client)).isEqualTo("none");
            assertThat(tlsColumn(weir)).isEmpty();
        }
        assertThat(refusal(over("127.0.0.1", "disable"), Accounts.APP).text()).contains("no encryption");
    }

    @Test
    void aCertificateForAnotherHostIsNotAccepted() {
        server.show(
                Certificates.issued(Certificates.named("CN=localhost").addSanDnsName("elsewhere"), server.authority));
        try {
            assertThat(refusal(verifying("localhost", "verify-full"), Accounts.APP)
                            .detail())
                    .contains("server certificate for \"elsewhere\" does not match host name \"localhost\"");
        } finally {
            server.show(server.certificate);
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotAccepted() {
        Path foreign =
                Certificates.writeAuthority(server.directory, "foreign", Certificates.authority("somebody else"));
        Message refused =
                refusal(over("localhost", "verify-ca").set("server_tls_ca_file", foreign.toString()), Accounts.APP);
        assertThat(refused.detail()).contains("TLS startup failed: ");
    }

    @Test
    void anExpiredCertificateIsNotAccepted() throws Exception {
        X509Bundle expired =
                Certificates.issued(Certificates.server().notAfter(Instant.now().minusSeconds(60)), server.authority);
        server.show(expired);
        try {
            Message refused = refusal(verifying("localhost", "verify-ca"), Accounts.APP);
            assertThat(refused.detail()).contains("TLS startup failed: ");
            try (WeirFixture weir = over("localhost", "require").start();
                    RawClient client = weir.connect(Accounts.APP)) {
                assertThat(encryption(client)).isEqualTo("TLSv1.3");
            }
        } finally {
            server.show(server.certificate);
        }
    }

    @Test
    void directTlsSavesTheRequest() {
        try (WeirFixture weir = verifying("localhost", "verify-full")
                        .set("server_tls_negotiation", "direct")
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(encryption(client)).isEqualTo("TLSv1.3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "jdk"})
    void serversAreShownACertificate(String engine) {
        for (var kind : List.of(
                Certificates.named("CN=other"), Certificates.named("CN=other").rsa2048())) {
            PemFiles mine = Certificates.write(server.directory, "mine", Certificates.issued(kind, server.authority));
            try (WeirFixture weir = verifying("localhost", "verify-full")
                            .set("tls_engine", engine)
                            .set("server_tls_key_file", mine.key().toString())
                            .set("server_tls_cert_file", mine.chain().toString())
                            .start();
                    RawClient client = weir.connect(Accounts.OTHER)) {
                assertThat(client.value("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isEqualTo("/CN=other");
            }
        }
        assertThat(refusal(verifying("localhost", "verify-full"), Accounts.OTHER)
                        .text())
                .contains("valid client certificate");
    }

    @Test
    void cancelRequestsAreEncryptedToo() {
        try (WeirFixture weir = verifying("localhost", "verify-full").start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60)"));
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "1");
            client.cancel();
            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
            client.readUntilReady();
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void keysOfAClientsScramLoginPassThroughTls() {
        String stored;
        try (RawClient superuser = server.postgres.superuser("postgres")) {
            stored = superuser.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'app'");
        }
        try (WeirFixture weir = verifying("localhost", "verify-full")
                        .set("server_tls_channel_binding", "require")
                        .secret("app", stored)
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            assertThat(encryption(client)).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void changedSettingsRenewServersAndNewContentDoesNot() {
        Path authority = Certificates.writeAuthority(server.directory, "rotating", server.authority);
        try (WeirFixture weir = over("localhost", "verify-ca")
                        .set("server_tls_ca_file", authority.toString())
                        .start();
                RawClient client = weir.connect(Accounts.APP)) {
            String before = client.value("SELECT pg_backend_pid()");
            Certificates.writeAuthority(server.directory, "rotating", Certificates.authority("of new ones"));
            weir.reload(setup -> setup.set("query_timeout", "100"));
            assertThat(client.value("SELECT pg_backend_pid()")).isEqualTo(before);
            client.run("BEGIN");
            weir.reload(setup -> setup.set("server_tls_sslmode", "require"));
            assertThat(client.value("SELECT pg_backend_pid()")).isEqualTo(before);
            client.run("COMMIT");
            assertThat(client.value("SELECT pg_backend_pid()")).isNotEqualTo(before);
        }
    }

    @Test
    void whoHasNoTlsIsReachedInPlainOnlyIfThatIsAllowed() {
        try (FakePostgres plain = FakePostgres.start(session -> {
            session.welcome();
            session.oneRowForEveryQuery("plain");
        })) {
            try (WeirFixture weir = WeirFixture.overPort(plain.port())
                            .set("server_tls_sslmode", "prefer")
                            .start();
                    RawClient client = weir.connect(Accounts.APP)) {
                assertThat(client.value("SELECT 1")).isEqualTo("plain");
            }
            Message refused =
                    refusal(WeirFixture.overPort(plain.port()).set("server_tls_sslmode", "require"), Accounts.APP);
            assertThat(refused.detail()).contains("server refused SSL");
        }
    }

    @ParameterizedTest
    @CsvSource({"true, received unencrypted data after SSL response", "false, TLS startup failed: "})
    void aFailedHandshakeIsNoReasonToGoOnInPlain(boolean atOnce, String failure) {
        byte[] garbage = "this is no TLS".getBytes(StandardCharsets.US_ASCII);
        try (FakePostgres broken = FakePostgres.start(session -> {
            session.readFully(new byte[8]);
            if (atOnce) {
                session.send(new byte[] {'S'}, garbage);
            } else {
                session.send(new byte[] {'S'});
                session.readFully(new byte[5]); // the ClientHello has begun to come
                session.send(garbage);
            }
            session.readToEnd();
        })) {
            Message refused =
                    refusal(WeirFixture.overPort(broken.port()).set("server_tls_sslmode", "prefer"), Accounts.APP);
            assertThat(refused.detail()).contains(failure);
        }
    }

    @Test
    void aServerThatSaysNothingRunsIntoTheTimeout() {
        try (FakePostgres silent = FakePostgres.start(session -> {
            byte[] request = new byte[8];
            session.readFully(request);
            session.send(new byte[] {'S'});
            session.readToEnd();
        })) {
            Message refused = refusal(
                    WeirFixture.overPort(silent.port())
                            .set("server_tls_sslmode", "require")
                            .set("server_connect_timeout", "0.5"),
                    Accounts.APP);
            assertThat(refused.detail()).contains("connect timeout");
        }
    }
}
