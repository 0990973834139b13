package dev.weir.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// PostgreSQL's md5 authentication ("Message Flow → Start-up", AuthenticationMD5Password).
final class Md5Password {
    /// Length of the salt that a server sends.
    static final int SALT_BYTES = 4;

    private Md5Password() {}

    /// The stored form: md5(password + user), 32 lower-case hexadecimal digits.
    static String hash(byte[] password, String user) {
        MessageDigest md5 = md5();
        md5.update(password);
        md5.update(user.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(md5.digest());
    }

    /// What the client sends: `md5` + md5(hash + salt).
    static String response(String hash, byte[] salt) {
        MessageDigest md5 = md5();
        md5.update(hash.getBytes(StandardCharsets.US_ASCII));
        md5.update(salt);
        return "md5" + HexFormat.of().formatHex(md5.digest());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
