package dev.weir.proxy.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is known of a user's password, in one of the forms of `auth_file` and `pg_authid.rolpassword`. Immutable;
/// `toString` tells the form only.
public sealed interface StoredSecret {
    /// The password itself.
    ///
    /// @param password not empty, without NUL
    record Plaintext(String password) implements StoredSecret {
        /// Refuses what no PasswordMessage can carry.
        public Plaintext {
            if (password.isEmpty() || password.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a password is not empty and contains no NUL");
            }
        }

        @Override
        public String toString() {
            return "plaintext password";
        }
    }

    /// The hash that PostgreSQL keeps for md5.
    ///
    /// @param user the name that has been hashed along with the password
    /// @param hash 32 lower-case hexadecimal digits: md5(password + user)
    record Md5(String user, String hash) implements StoredSecret {
        @Override
        public String toString() {
            return "md5 secret";
        }
    }

    /// A SCRAM-SHA-256 verifier (RFC 5802, section 3).
    ///
    /// @param iterations of the key derivation
    /// @param salt at least one byte; not copied
    /// @param storedKey 32 bytes; not copied
    /// @param serverKey 32 bytes; not copied
    @SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the arrays
    record Scram(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) implements StoredSecret {
        /// The text form, as PostgreSQL stores it.
        public String text() {
            Base64.Encoder base64 = Base64.getEncoder();
            return ScramServer.MECHANISM + "$" + iterations + ":" + base64.encodeToString(salt) + "$"
                    + base64.encodeToString(storedKey) + ":" + base64.encodeToString(serverKey);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Scram that
                    && iterations == that.iterations
                    && MessageDigest.isEqual(salt, that.salt)
                    && MessageDigest.isEqual(storedKey, that.storedKey)
                    && MessageDigest.isEqual(serverKey, that.serverKey);
        }

        @Override
        public int hashCode() {
            return Objects.hash(iterations, Arrays.hashCode(salt), Arrays.hashCode(storedKey));
        }

        @Override
        public String toString() {
            return "SCRAM secret";
        }
    }

    /// No password fits: the user has none, or what is stored is broken.
    record Impossible() implements StoredSecret {}

    /// Recognises the form. An empty text, the bare word `md5`, a text with a NUL, and what begins as a SCRAM secret
    /// but
    /// is none, fit no password: a secret that was cut short must not become somebody's password.
    ///
    /// @param user whose secret it is
    /// @param text as in `auth_file`
    static StoredSecret parse(String user, String text) {
        if (text.isEmpty() || text.equals("md5") || text.indexOf('\0') >= 0) {
            return new Impossible();
        }
        if (text.startsWith(Forms.SCRAM_PREFIX)) {
            return Forms.scram(text);
        }
        if (Forms.MD5.matcher(text).matches()) {
            return new Md5(user, text.substring("md5".length()));
        }
        return new Plaintext(text);
    }

    /// The text forms.
    final class Forms {
        private static final String SCRAM_PREFIX = ScramServer.MECHANISM + "$";
        private static final Pattern MD5 = Pattern.compile("md5[0-9a-f]{32}");
        private static final Pattern SCRAM =
                Pattern.compile("SCRAM-SHA-256\\$([0-9]{1,9}):([^$:]{1,4096})\\$([^$:]{44}):([^$:]{44})");

        private Forms() {}

        private static StoredSecret scram(String text) {
            Matcher parts = SCRAM.matcher(text);
            if (!parts.matches()) {
                return new Impossible();
            }
            int iterations = Integer.parseInt(parts.group(1));
            byte[] salt = StrictBase64.decode(parts.group(2));
            byte[] storedKey = StrictBase64.decode(parts.group(3));
            byte[] serverKey = StrictBase64.decode(parts.group(4));
            if (iterations < 1
                    || salt == null
                    || storedKey == null
                    || storedKey.length != Sha256.BYTES
                    || serverKey == null
                    || serverKey.length != Sha256.BYTES) {
                return new Impossible();
            }
            return new Scram(iterations, salt, storedKey, serverKey);
        }
    }
}
