package dev.weir.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Certificates;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The names that certificates give.
class CertificateNamesTest {
    private static final X509Bundle AUTHORITY = Certificates.authority("authority");

    private static X509Certificate certificate(CertificateBuilder builder) {
        return Certificates.issued(builder.ecp256(), AUTHORITY).getCertificate();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=app                     | app",
                "CN=app, O=Example, C=DE    | app",
                "O=Example, CN=app          | app",
                "CN=\"a,b+c\"               | a,b+c",
                "CN=grün                    | grün",
                "CN=app@example.org         | app@example.org"
            })
    void theCommonNameIsOne(String subject, String name) {
        assertThat(CertificateNames.of(certificate(new CertificateBuilder().subject(subject))))
                .containsExactly(name);
    }

    @Test
    void soAreDnsNamesAndNoOthers() {
        CertificateBuilder builder = new CertificateBuilder()
                .subject("CN=app")
                .addSanDnsName("db.example.org")
                .addSanRfc822Name("mail@example.org")
                .addSanIpAddress("192.0.2.1")
                .addSanDnsName("other.example.org");
        assertThat(CertificateNames.of(certificate(builder)))
                .containsExactly("app", "db.example.org", "other.example.org");
    }

    @Test
    void aSubjectWithoutACommonNameIsNobody() {
        assertThat(CertificateNames.of(certificate(new CertificateBuilder().subject("O=Example"))))
                .isEmpty();
    }

    /// The rules of PgBouncer's, which takes users for hosts: what of them it lets in was tried with it.
    @ParameterizedTest
    @CsvSource({
        "app, app, true, true",
        "App, app, false, true",
        "app, other, false, false",
        "*, app, false, false",
        "*, *, false, true",
        "*.example.org, a.example.org, false, true",
        "*.EXAMPLE.org, a.example.ORG, false, true",
        "*.example.org, *.example.org, false, true",
        "*.example.org, a.b.example.org, false, false",
        "*.example.org, example.org, false, false",
        "*.example.org, .example.org, false, false",
        "*.org, example.org, false, false",
        "*..org, a..org, false, false",
        "a*.example.org, ab.example.org, false, false"
    })
    void namesAreComparedAsUsersOrAsHosts(String name, String user, boolean same, boolean sameHost) {
        assertThat(CertificateNames.isSame(name, user)).isEqualTo(same);
        assertThat(CertificateNames.isSameHost(name, user)).isEqualTo(sameHost);
    }
}
