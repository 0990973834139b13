package dev.weir.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/// A key and a certificate that it has signed itself, made by the JDK's keytool.
public record TestKeys(PrivateKey key, X509Certificate certificate) {
    private static final char[] PASSWORD = "password".toCharArray();

    public static final TestKeys RSA = make("RSA", "2048");
    public static final TestKeys EC = make("EC", "256");

    private static TestKeys make(String algorithm, String bits) {
        try {
            Path directory = Files.createTempDirectory("weir-keys-");
            Path file = directory.resolve("store.p12");
            Process keytool = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-keyalg",
                            algorithm,
                            "-keysize",
                            bits,
                            "-dname",
                            "CN=weir",
                            "-alias",
                            "weir",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString()))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            Files.delete(file);
            Files.delete(directory);
            return new TestKeys(
                    (PrivateKey) store.getKey("weir", PASSWORD), (X509Certificate) store.getCertificate("weir"));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A block of a PEM file.
    public static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                + label + "-----\n";
    }

    /// The key in PKCS #8.
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /// The certificate.
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes both into files.
    public void writeTo(Path keyFile, Path certificateFile) {
        try {
            Files.writeString(keyFile, keyPem());
            Files.writeString(certificateFile, certificatePem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
