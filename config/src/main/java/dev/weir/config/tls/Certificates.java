package dev.weir.config.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Reads the certificates of a PEM file. Stateless.
public final class Certificates {
    private Certificates() {}

    /// All of them in the file's order, at least one.
    ///
    /// @throws BadTlsFile if there is none or one is broken
    public static List<X509Certificate> read(String pem) throws BadTlsFile {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem.Block block : Pem.read(pem)) {
                if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
                }
            }
        } catch (CertificateException _) {
            throw new BadTlsFile("certificate " + (certificates.size() + 1) + " in it is broken");
        }
        if (certificates.isEmpty()) {
            throw new BadTlsFile("there is no certificate in it");
        }
        return List.copyOf(certificates);
    }
}
