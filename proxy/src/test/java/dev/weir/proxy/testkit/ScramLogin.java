package dev.weir.proxy.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The client's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677) without channel binding.
final class ScramLogin {
    private final String password;
    private final String clientFirstBare;
    private byte[] expectedSignature = new byte[0];

    ScramLogin(String password) {
        byte[] nonce = new byte[18];
        new SecureRandom().nextBytes(nonce);
        this.password = password;
        this.clientFirstBare = "n=,r=" + Base64.getEncoder().encodeToString(nonce);
    }

    /// Content of SASLInitialResponse.
    byte[] initialResponse() {
        byte[] first = ("n,," + clientFirstBare).getBytes(StandardCharsets.UTF_8);
        return Frontend.concat(Frontend.cString("SCRAM-SHA-256"), Frontend.int32(first.length), first);
    }

    /// Content of the SASLResponse to the server-first-message.
    byte[] answer(String serverFirst) {
        Map<String, String> attributes = attributes(serverFirst);
        byte[] salt = Base64.getDecoder().decode(attributes.getOrDefault("s", ""));
        int iterations = Integer.parseInt(attributes.getOrDefault("i", ""));
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
                    .getEncoded();
            byte[] clientKey = hmac(salted, "Client Key");
            byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            String withoutProof = "c=biws,r=" + attributes.get("r");
            String authMessage = clientFirstBare + "," + serverFirst + "," + withoutProof;
            byte[] proof = hmac(storedKey, authMessage);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            expectedSignature = hmac(hmac(salted, "Server Key"), authMessage);
            return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Fails unless the server has proved that it knows the secret.
    void verify(String serverFinal) {
        String expected = "v=" + Base64.getEncoder().encodeToString(expectedSignature);
        if (!serverFinal.equals(expected)) {
            throw new AssertionError("server signature is wrong: " + serverFinal);
        }
    }

    private static Map<String, String> attributes(String message) {
        Map<String, String> attributes = new HashMap<>();
        for (String part : message.split(",")) {
            attributes.put(part.substring(0, 1), part.substring(2));
        }
        return attributes;
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
