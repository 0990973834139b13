package dev.weir.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Certificates;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What logins are bound to.
class EndPointTest {
    private static X509Certificate signedBy(Algorithm algorithm) {
        X509Bundle authority = Certificates.authority("authority", algorithm);
        return Certificates.issued(Certificates.server(), authority).getCertificate();
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048", "rsa3072"})
    void isTheHashThatTheSignatureIsMadeWith(Algorithm algorithm) throws Exception {
        X509Certificate certificate = signedBy(algorithm);
        String name = certificate.getSigAlgName();
        String hash = "SHA-" + name.substring(3, 6);
        assertThat(Set.of("SHA-256", "SHA-384", "SHA-512")).contains(hash);
        assertThat(EndPoint.of(certificate))
                .isEqualTo(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
    }

    @Test
    void thereIsNoneWithoutAHash() {
        assertThat(EndPoint.of(signedBy(Algorithm.ed25519))).isNull();
    }
}
