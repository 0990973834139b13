package dev.weir.proxy.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The channel binding {@code tls-server-end-point} (RFC 5929, section 4): a hash of the server's certificate. */
final class EndPoint {

    private EndPoint() {}

    /** The binding; null where the certificate's signature has no hash of its own (Ed25519 …), for which none is defined. */
    static byte @Nullable [] of(X509Certificate certificate) {
        try {
            String hash = hash(certificate);
            return hash == null ? null : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (GeneralSecurityException | IOException _) {
            return null;
        }
    }

    private static @Nullable String hash(X509Certificate certificate) throws GeneralSecurityException, IOException {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (algorithm.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            return strong(parameters
                    .getParameterSpec(PSSParameterSpec.class)
                    .getDigestAlgorithm()
                    .toUpperCase(Locale.ROOT));
        }
        int with = algorithm.indexOf("WITH");
        return with < 0 ? null : strong(algorithm.substring(0, with));
    }

    /** MD5 and SHA-1 give way to SHA-256. */
    private static String strong(String hash) {
        return switch (hash) {
            case "MD5", "MD2", "SHA1", "SHA-1", "SHA" -> "SHA-256";
            default -> hash.matches("SHA[0-9]{3}") ? "SHA-" + hash.substring(3) : hash;
        };
    }
}
