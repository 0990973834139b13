package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `cert`: a certificate with the user's name, or one that a map leads to it from, takes the place of a password.
@ExtendWith(LeakGuard.class)
class CertificateIT {
    private static final X509Bundle AUTHORITY = Certificates.authority("Weir test authority");
    private static final X509Bundle STRANGERS = Certificates.authority("Strangers' authority");

    private static Path directory;
    private static Path authorityFile;
    private static PemFiles server;

    @BeforeAll
    static void makeCertificates() {
        directory = Certificates.directory();
        authorityFile = Certificates.writeAuthority(directory, "ca", AUTHORITY);
        server = Certificates.write(directory, "server", Certificates.issued(Certificates.server(), AUTHORITY));
    }

    @AfterAll
    static void forget() throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static WeirFixture.Setup setup(String mode) {
        return WeirFixture.over(TestPostgres.shared())
                .set("client_tls_sslmode", mode)
                .set("client_tls_key_file", server.key().toString())
                .set("client_tls_cert_file", server.chain().toString())
                .set("client_tls_ca_file", authorityFile.toString());
    }

    private static String identity(String name, CertificateBuilder certificate, X509Bundle authority) throws Exception {
        PemFiles files = Certificates.write(directory, name, Certificates.issued(certificate, authority));
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
        return " sslcert=" + files.chain() + " sslkey=" + files.key();
    }

    private static String psql(WeirFixture weir, String user, String options) throws Exception {
        CommandLine.Outcome outcome = CommandLine.run(
                weir,
                "",
                "psql",
                "-XAtw",
                "-d",
                "host=127.0.0.1 sslmode=require dbname=app user=" + user + options,
                "-c",
                "SELECT current_user");
        return outcome.output();
    }

    @Test
    void theNameInTheCertificateIsTheUsers() throws Exception {
        try (WeirFixture weir = setup("verify-full").set("auth_type", "cert").start()) {
            String app = identity("app", Certificates.named("CN=app"), AUTHORITY);
            assertThat(psql(weir, "app", app)).isEqualTo("app\n");
            assertThat(psql(weir, "other", app)).contains("certificate authentication failed for user \"other\"");
            assertThat(psql(weir, "nobody_knows", app))
                    .contains("certificate authentication failed for user \"nobody_knows\"");
            String alternative =
                    identity("san", Certificates.named("CN=somebody").addSanDnsName("other"), AUTHORITY);
            assertThat(psql(weir, "other", alternative)).isEqualTo("other\n");
        }
    }

    @Test
    void aWildcardIsNobodysName() throws Exception {
        try (WeirFixture weir = setup("verify-full")
                .set("auth_type", "cert")
                .secret("a.example.org", "x")
                .start()) {
            String wildcard = identity("wildcard", Certificates.named("CN=*.example.org"), AUTHORITY);
            assertThat(psql(weir, "a.example.org", wildcard)).contains("certificate authentication failed");
        }
    }

    @Test
    void aCertificateOfStrangersIsNone() throws Exception {
        try (WeirFixture weir = setup("verify-full").set("auth_type", "cert").start()) {
            String strange = identity("strange", Certificates.named("CN=app"), STRANGERS);
            assertThat(psql(weir, "app", strange)).doesNotContain("app\n").contains("error");
            assertThat(psql(weir, "app", " sslcert=none")).contains("error");
        }
    }

    @Test
    void aRuleCanMapNames() throws Exception {
        try (WeirFixture weir = setup("verify-full")
                .hba(
                        "local all all scram-sha-256",
                        "host pgbouncer all all scram-sha-256",
                        "hostssl app all all cert map=mail")
                .set("auth_ident_file", "ident.conf")
                .file("ident.conf", "mail \"/^(.*)@example\\.org$\" \\1\n")
                .start()) {
            String app = identity("mail", Certificates.named("CN=app@example.org"), AUTHORITY);
            assertThat(psql(weir, "app", app)).isEqualTo("app\n");
            assertThat(psql(weir, "other", app)).contains("certificate authentication failed for user \"other\"");
            String plain = identity("plain", Certificates.named("CN=app"), AUTHORITY);
            assertThat(psql(weir, "app", plain)).contains("certificate authentication failed");
        }
    }

    @Test
    void rulesTellTlsFromPlainText() throws Exception {
        try (WeirFixture weir = setup("allow")
                .hba(
                        "hostssl app app all trust",
                        "hostnossl app other all trust",
                        "host pgbouncer all all scram-sha-256")
                .start()) {
            assertThat(psql(weir, "app", "")).isEqualTo("app\n");
            assertThat(psql(weir, "other", "")).contains("no pg_hba.conf entry").contains("SSL encryption");
            assertThat(Logins.refused(weir, Accounts.APP).text()).contains("no encryption");
        }
    }
}
