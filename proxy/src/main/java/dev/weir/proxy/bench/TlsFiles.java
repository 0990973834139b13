package dev.weir.proxy.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/// A certificate for 127.0.0.1 and its key, made by the JDK's own `keytool`.
///
/// @param certificate the file of the one
/// @param key the file of the other
record TlsFiles(Path certificate, Path key) {

    private static final String ALIAS = "bench";
    private static final String STORE_PASSWORD = "only for a moment";
    private static final int LINE = 64;

    /// Makes both.
    static TlsFiles make(PoolerFiles files) throws BenchFailed, InterruptedException {
        Path store = files.directory().resolve("keys.p12");
        try {
            runKeytool(store);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, STORE_PASSWORD.toCharArray());
            }
            Files.delete(store);
            byte[] key = keys.getKey(ALIAS, STORE_PASSWORD.toCharArray()).getEncoded();
            byte[] certificate = keys.getCertificate(ALIAS).getEncoded();
            return new TlsFiles(
                    files.give(files.directory().resolve("server.crt"), pem("CERTIFICATE", certificate)),
                    files.give(files.directory().resolve("server.key"), pem("PRIVATE KEY", key)));
        } catch (IOException | GeneralSecurityException e) {
            throw new BenchFailed("no certificate can be made: " + e.getMessage(), e);
        }
    }

    private static void runKeytool(Path store) throws IOException, BenchFailed, InterruptedException {
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        STORE_PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new BenchFailed("no certificate can be made: " + said.strip());
        }
    }

    /// Bytes as a PEM file.
    static String pem(String kind, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(kind, Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der));
    }
}
