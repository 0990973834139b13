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

    @ParameterizedTest
    @CsvSource({"CN=*", "CN=*.example.org", "O=Example"})
    void wildcardsAndNothingAreNobody(String subject) {
        assertThat(CertificateNames.of(certificate(new CertificateBuilder().subject(subject))))
                .isEmpty();
    }
}
