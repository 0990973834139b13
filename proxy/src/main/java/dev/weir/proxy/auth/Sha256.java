package dev.weir.proxy.auth;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// SHA-256 and what SCRAM builds on it, in the notation of RFC 5802, section 2.2. Thread-safe.
final class Sha256 {
    /// Length of a hash and of every SCRAM key.
    static final int BYTES = 32;

    private static final String HMAC = "HmacSHA256";

    private Sha256() {}

    /// H(str)
    static byte[] hash(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// HMAC(key, str)
    ///
    /// @param key not empty
    static byte[] hmac(byte[] key, byte[] data) {
        return mac(key).doFinal(data);
    }

    /// Hi(str, salt, i): PBKDF2 with an output of one block. Takes about a microsecond per iteration.
    static byte[] hi(byte[] password, byte[] salt, int iterations) {
        // HMAC pads its key with zeros, so an empty one is the same as one zero byte, which SecretKeySpec accepts.
        Mac mac = mac(password.length == 0 ? new byte[1] : password);
        mac.update(salt);
        byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] result = round.clone();
        for (int i = 1; i < iterations; i++) {
            round = mac.doFinal(round);
            for (int at = 0; at < BYTES; at++) {
                result[at] ^= round[at];
            }
        }
        return result;
    }

    /// a XOR b, both of [#BYTES] bytes.
    static byte[] xor(byte[] a, byte[] b) {
        byte[] result = new byte[BYTES];
        for (int at = 0; at < BYTES; at++) {
            result[at] = (byte) (a[at] ^ b[at]);
        }
        return result;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("not a key", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
