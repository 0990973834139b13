package dev.weir.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.testkit.Certificates;
import io.netty.pkitesting.CertificateBuilder;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which names a certificate has.
class HostNameTest {
    private static X509Certificate certificate(CertificateBuilder builder) {
        return Certificates.issued(builder, Certificates.authority("authority")).getCertificate();
    }

    @ParameterizedTest
    @CsvSource({
        "db.example.com, db.example.com, true",
        "DB.Example.com, db.example.COM, true",
        "db.example.com., db.example.com, true",
        "pg_primary, pg_primary, true",
        "*.example.com, db.example.com, true",
        "*.example.com, a.db.example.com, false",
        "*.example.com, example.com, false",
        "*.com, example.com, false",
        "*, localhost, false",
        "*.0.0.1, 127.0.0.1, false",
        "d*.example.com, db.example.com, false",
        "db.example.com, db.example.org, false"
    })
    void aNameStandsForItselfAndAStarForOneLabel(String pattern, String host, boolean matches) {
        assertThat(HostName.matches(pattern, host)).isEqualTo(matches);
    }

    @Test
    void alternativeNamesCountAndTheCommonNameOnlyWithoutThem() {
        X509Certificate alternative = certificate(Certificates.named("CN=common.example.com")
                .addSanDnsName("db.example.com")
                .addSanIpAddress("10.0.0.1")
                .addSanIpAddress("::1"));
        for (String named : new String[] {"db.example.com", "10.0.0.1", "::1", "0:0:0:0:0:0:0:1"}) {
            assertThatCode(() -> HostName.check(alternative, named)).doesNotThrowAnyException();
        }
        for (String other : new String[] {"common.example.com", "10.0.0.2", "other"}) {
            assertThatThrownBy(() -> HostName.check(alternative, other))
                    .hasMessage("server certificate for \"db.example.com\" (and 2 other names) does not match host name"
                            + " \"" + other + "\"");
        }
        X509Certificate common = certificate(Certificates.named("CN=db.example.com,O=somebody"));
        assertThatCode(() -> HostName.check(common, "db.example.com")).doesNotThrowAnyException();
        assertThatThrownBy(() -> HostName.check(common, "other")).hasMessageContaining("\"db.example.com\" does not");
        X509Certificate nameless = certificate(Certificates.named("O=somebody"));
        assertThatThrownBy(() -> HostName.check(nameless, "other")).hasMessageContaining("nobody");
    }
}
