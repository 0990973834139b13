package dev.weir.config;

import java.util.regex.Pattern;

/// The forms in which PostgreSQL and the auth file keep a password.
public enum SecretForm {
    /// No password at all; nothing matches it.
    EMPTY,
    PLAINTEXT,
    /// `md5` and the 32 hexadecimal digits of md5(password || user).
    MD5,
    /// `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`, all but the count in base64.
    SCRAM_SHA_256;

    private static final Pattern MD5_SHAPE = Pattern.compile("md5[0-9a-fA-F]{32}");
    private static final Pattern SCRAM_SHAPE =
            Pattern.compile("SCRAM-SHA-256\\$[0-9]{1,10}:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+");

    static SecretForm of(String text) {
        if (text.isEmpty()) {
            return EMPTY;
        }
        if (MD5_SHAPE.matcher(text).matches()) {
            return MD5;
        }
        return SCRAM_SHAPE.matcher(text).matches() ? SCRAM_SHA_256 : PLAINTEXT;
    }
}
