package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.TlsTunnel;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients with TLS: levels, certificates, channel binding and what may not be done.
@ExtendWith(LeakGuard.class)
class TlsClientsIT {
    private static final X509Bundle AUTHORITY = Certificates.authority("Weir test authority");

    private static Path directory;
    private static Path authorityFile;
    private static PemFiles serverFiles;

    @BeforeAll
    static void makeCertificates() {
        directory = Certificates.directory();
        authorityFile = Certificates.writeAuthority(directory, "ca", AUTHORITY);
        serverFiles = Certificates.write(directory, "server", Certificates.issued(Certificates.server(), AUTHORITY));
    }

    @AfterAll
    static void forget() {
        directory = null;
    }

    private static WeirFixture.Setup withTls(String mode) {
        return WeirFixture.over(TestPostgres.shared())
                .set("client_tls_sslmode", mode)
                .set("client_tls_key_file", serverFiles.key().toString())
                .set("client_tls_cert_file", serverFiles.chain().toString());
    }

    private static CommandLine.Outcome psql(WeirFixture weir, String options, String sql) throws Exception {
        return CommandLine.run(weir, "", "psql", "-XAt", "-d", "host=127.0.0.1 " + options, "-c", sql);
    }

    private static String tlsColumn(WeirFixture weir, String user) {
        try (RawClient console = RawClient.connect(weir.unix(), WeirFixture.ADMIN)) {
            return Shown.rows(console, "SHOW CLIENTS").stream()
                    .filter(row -> user.equals(row.get("user")))
                    .findFirst()
                    .orElseThrow()
                    .get("tls");
        }
    }

    @ParameterizedTest
    @CsvSource({"auto, rsa", "auto, ec", "jdk, rsa", "jdk, ec", "auto, ed25519"})
    void psqlChecksTheCertificateAndBindsItsLogin(String engine, String key) throws Exception {
        X509Bundle certificate = Certificates.issued(
                switch (key) {
                    case "rsa" -> Certificates.server().rsa2048();
                    case "ec" -> Certificates.server();
                    default -> Certificates.server().algorithm(CertificateBuilder.Algorithm.ed25519);
                },
                AUTHORITY);
        PemFiles files = Certificates.write(directory, "server-" + engine + key, certificate);
        try (WeirFixture weir = withTls("require")
                .set("tls_engine", engine)
                .set("client_tls_key_file", files.key().toString())
                .set("client_tls_cert_file", files.chain().toString())
                .start()) {
            assertThat(psql(
                                    weir,
                                    "sslmode=verify-full sslrootcert=" + authorityFile
                                            + (key.equals("ed25519") ? "" : " channel_binding=require"),
                                    "SELECT 'bound'")
                            .good())
                    .isEqualTo("bound\n");
            assertThat(psql(weir, "sslmode=disable", "SELECT 1").output()).contains("SSL required");
        }
    }

    @Test
    void pgjdbcBindsItsLogin() throws Exception {
        try (WeirFixture weir = withTls("prefer").start()) {
            Properties properties = new Properties();
            properties.setProperty("user", Accounts.APP.user());
            properties.setProperty("password", Accounts.APP.password());
            properties.setProperty("sslmode", "verify-full");
            properties.setProperty("sslrootcert", authorityFile.toString());
            properties.setProperty("channelBinding", "require");
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:postgresql://localhost:" + weir.port() + "/app", properties);
                    ResultSet rows = connection.createStatement().executeQuery("SELECT 42")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
                assertThat(tlsColumn(weir, "app")).startsWith("TLSv1.3/TLS_").contains("/ECDH=");
            }
        }
    }

    @Test
    void pgjdbcBeginsTlsWithoutAsking() throws Exception {
        try (WeirFixture weir = withTls("allow").start()) {
            String url = "jdbc:postgresql://localhost:" + weir.port() + "/app?user=app&password=app-secret"
                    + "&sslmode=verify-full&sslNegotiation=direct&sslrootcert=" + authorityFile;
            try (Connection connection = DriverManager.getConnection(url)) {
                assertThat(connection.isValid(10)).isTrue();
                assertThat(tlsColumn(weir, "app")).isNotEmpty();
            }
        }
    }

    @Test
    void clientsMayGoWithoutUnlessItIsRequired() {
        try (WeirFixture weir = withTls("prefer").start();
                RawClient plain = weir.connect(Accounts.APP)) {
            assertThat(plain.value("SELECT 1")).isEqualTo("1");
            assertThat(tlsColumn(weir, "app")).isEmpty();
        }
    }

    @Test
    void unixSocketsAreNeverEncrypted() {
        try (WeirFixture weir = withTls("require").start();
                RawClient client = RawClient.open(weir.unix())) {
            client.send(Frontend.sslRequest());
            assertThat(client.wire().readByte()).isEqualTo('N');
            client.login(Accounts.APP);
            assertThat(client.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void severalRequestsMayComeBeforeTheHandshake() throws Exception {
        try (WeirFixture weir = withTls("require").start()) {
            // libpq asks for GSSAPI first if it is told to
            assertThat(psql(weir, "sslmode=require gssencmode=prefer", "SELECT 1")
                            .good())
                    .isEqualTo("1\n");
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(Frontend.gssEncRequest());
                assertThat(client.wire().readByte()).isEqualTo('N');
                client.send(Frontend.sslRequest());
                assertThat(client.wire().readByte()).isEqualTo('S');
            }
        }
    }

    @Test
    void theConsoleIsReachedByTls() throws Exception {
        try (WeirFixture weir = withTls("require").start()) {
            CommandLine.Outcome outcome = psql(
                    weir,
                    "sslmode=verify-full sslrootcert=" + authorityFile + " dbname=pgbouncer user="
                            + WeirFixture.ADMIN.user() + " password=" + WeirFixture.ADMIN.password(),
                    "SHOW SOCKETS");
            assertThat(outcome.good()).contains("TLSv1.3/");
        }
    }

    @Test
    void aRunningQueryIsCancelledByTls() {
        try (WeirFixture weir = withTls("require").start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
            client.send(Frontend.query("SELECT pg_sleep(60)"));
            weir.awaitPool(Accounts.DATABASE, "app", "sv_active", "1");
            client.cancel();
            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
            client.readUntilReady();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify-ca", "verify-full"})
    void clientsMustShowACertificate(String mode) throws Exception {
        PemFiles mine =
                Certificates.write(directory, "mine", Certificates.issued(Certificates.named("CN=app"), AUTHORITY));
        PemFiles foreign = Certificates.write(
                directory,
                "foreign",
                Certificates.issued(Certificates.named("CN=app"), Certificates.authority("somebody else")));
        PemFiles expired = Certificates.write(
                directory,
                "expired",
                Certificates.issued(
                        Certificates.named("CN=app")
                                .notAfter(java.time.Instant.now().minusSeconds(60)),
                        AUTHORITY));
        restrict(mine, foreign, expired);
        try (WeirFixture weir = withTls(mode)
                .set("client_tls_ca_file", authorityFile.toString())
                .start()) {
            assertThat(psql(weir, certificate(mine), "SELECT 1").good()).isEqualTo("1\n");
            assertThat(psql(weir, "sslmode=require", "SELECT 1").status()).isEqualTo(2);
            assertThat(psql(weir, certificate(foreign), "SELECT 1").status()).isEqualTo(2);
            assertThat(psql(weir, certificate(expired), "SELECT 1").status()).isEqualTo(2);
        }
    }

    private static String certificate(PemFiles files) {
        return "sslmode=require sslkey=" + files.key() + " sslcert=" + files.chain();
    }

    private static void restrict(PemFiles... all) throws Exception {
        for (PemFiles files : all) {
            java.nio.file.Files.setPosixFilePermissions(
                    files.key(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void aReloadShowsTheNewCertificateAndDropsNobody() throws Exception {
        PemFiles rotated =
                Certificates.write(directory, "rotated", Certificates.issued(Certificates.server(), AUTHORITY));
        try (WeirFixture weir = withTls("require")
                        .set("client_tls_key_file", rotated.key().toString())
                        .set("client_tls_cert_file", rotated.chain().toString())
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient before = RawClient.connect(tunnel.endpoint(), Accounts.APP);
                RawClient console = RawClient.connect(weir.unix(), WeirFixture.ADMIN)) {
            before.run("BEGIN").run("CREATE TEMP TABLE kept (n int)");
            Certificate old = tunnel.latest().getPeerCertificates()[0];
            X509Bundle next = Certificates.issued(Certificates.server(), AUTHORITY);
            rotated.overwrite(next);
            console.run("RELOAD");
            try (RawClient after = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
                assertThat(after.value("SELECT 1")).isEqualTo("1");
                assertThat(tunnel.latest().getPeerCertificates()[0])
                        .isEqualTo(next.getCertificate())
                        .isNotEqualTo(old);
            }
            assertThat(before.value("SELECT count(*) FROM kept")).isEqualTo("0");
            before.run("COMMIT");

            // a key of another certificate: everything stays as it was
            java.nio.file.Files.writeString(
                    rotated.key(),
                    Certificates.issued(Certificates.server(), AUTHORITY).getPrivateKeyPEM());
            assertThat(console.error("RELOAD").text()).contains("RELOAD failed");
            try (RawClient after = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
                assertThat(tunnel.latest().getPeerCertificates()[0]).isEqualTo(next.getCertificate());
                assertThat(after.value("SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void onlyTheVersionsAndCiphersThatAreAllowedAreUsed() {
        try (WeirFixture weir = withTls("require")
                        .set("client_tls_protocols", "all,!tlsv1.3")
                        .set("client_tls_ciphers", "ECDHE+AES256:!SHA384")
                        .set("client_tls_ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384")
                        .set("client_tls_ecdhcurve", "prime256v1")
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
            assertThat(tlsColumn(weir, "app")).isEqualTo("TLSv1.2/ECDHE-ECDSA-AES256-GCM-SHA384/ECDH=prime256v1");
        }
    }

    @Test
    void theJdkTakesOverWhereSuitesOfTls13AreChosen() {
        try (WeirFixture weir = withTls("require")
                        .set("client_tls13_ciphers", "TLS_CHACHA20_POLY1305_SHA256")
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port());
                RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
            assertThat(client.value("SELECT 1")).isEqualTo("1");
            assertThat(tlsColumn(weir, "app")).isEqualTo("TLSv1.3/TLS_CHACHA20_POLY1305_SHA256");
        }
    }

    @Test
    void hundredsOfHandshakesAtOnceSucceed() throws Exception {
        PemFiles slow = Certificates.write(
                directory, "slow", Certificates.issued(Certificates.server().rsa2048(), AUTHORITY));
        try (WeirFixture weir = withTls("require")
                        .set("client_tls_key_file", slow.key().toString())
                        .set("client_tls_cert_file", slow.chain().toString())
                        .start();
                TlsTunnel tunnel = TlsTunnel.to(weir.port())) {
            List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try (RawClient client = RawClient.connect(tunnel.endpoint(), Accounts.APP)) {
                        client.value("SELECT 1");
                    } catch (RuntimeException | Error e) {
                        failures.add(e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }
}
