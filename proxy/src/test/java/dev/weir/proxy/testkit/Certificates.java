package dev.weir.proxy.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// Keys and certificates made for one test, and the PEM files they lie in.
public final class Certificates {
    private static final Duration LIFE = Duration.ofDays(30);

    private Certificates() {}

    /// The files of one certificate.
    ///
    /// @param key the private key
    /// @param chain the certificate, with those that vouch for it
    public record PemFiles(Path key, Path chain) {
        /// Replaces their content.
        public void overwrite(X509Bundle bundle) {
            write(key, bundle.getPrivateKeyPEM());
            write(chain, bundle.getCertificatePathPEM());
        }
    }

    private static CertificateBuilder valid() {
        return new CertificateBuilder()
                .ecp256()
                .notBefore(Instant.now().minus(Duration.ofHours(1)))
                .notAfter(Instant.now().plus(LIFE));
    }

    /// An authority of its own.
    public static X509Bundle authority(String name) {
        return authority(name, CertificateBuilder.Algorithm.ecp256);
    }

    /// An authority with a key of this kind.
    public static X509Bundle authority(String name, CertificateBuilder.Algorithm algorithm) {
        return built(() -> valid().algorithm(algorithm)
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned());
    }

    /// A server's certificate for `localhost` and `127.0.0.1`, not issued yet.
    public static CertificateBuilder server() {
        return valid().subject("CN=localhost").addSanDnsName("localhost").addSanIpAddress("127.0.0.1");
    }

    /// A certificate that names nobody but its subject, not issued yet.
    public static CertificateBuilder named(String subject) {
        return valid().subject(subject);
    }

    /// Has an authority issue it.
    public static X509Bundle issued(CertificateBuilder certificate, X509Bundle authority) {
        return built(() -> certificate.buildIssuedBy(authority));
    }

    /// Writes what belongs to one certificate into a directory.
    public static PemFiles write(Path directory, String name, X509Bundle bundle) {
        PemFiles files = new PemFiles(directory.resolve(name + ".key"), directory.resolve(name + ".crt"));
        files.overwrite(bundle);
        return files;
    }

    /// Writes an authority's certificate into a directory.
    public static Path writeAuthority(Path directory, String name, X509Bundle authority) {
        return write(directory.resolve(name + ".crt"), authority.getCertificatePEM());
    }

    /// A new directory for files of keys.
    public static Path directory() {
        return Scratch.directory("tls");
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes a certificate.
    @FunctionalInterface
    private interface Making {
        X509Bundle make() throws Exception;
    }

    private static X509Bundle built(Making making) {
        try {
            return making.make();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
