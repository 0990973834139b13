package dev.weir.console.http;

import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.HttpSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who may read: whoever brings the token or the password, or everybody where neither is set (RFC 6750, RFC 7617). How
/// long a
/// look takes does not depend on how much of a secret was right. Thread-safe.
///
/// @param config as it is now
record Authorization(Supplier<WeirConfig> config) {

    /// What a refusal tells about how to ask again. Browsers then ask for user and password.
    static final String CHALLENGE = "Basic realm=\"weir\", charset=\"UTF-8\", Bearer realm=\"weir\"";

    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    /// @param header the request's `Authorization`; `null` if it has none
    boolean admits(@Nullable String header) {
        WeirConfig now = config.get();
        Secret token = now.get(HttpSettings.HTTP_BEARER_TOKEN);
        Secret password = now.get(HttpSettings.HTTP_PASSWORD);
        if (token.isEmpty() && password.isEmpty()) {
            return true;
        }
        if (header == null) {
            return false;
        }
        if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return same(header.substring(BEARER.length()).strip(), token);
        }
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return basic(header.substring(BASIC.length()).strip(), now, token, password);
        }
        return false;
    }

    private static boolean basic(String encoded, WeirConfig now, Secret token, Secret password) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return false;
        }
        int colon = decoded.indexOf(':');
        if (colon < 0) {
            return false;
        }
        String given = decoded.substring(colon + 1);
        boolean user = same(decoded.substring(0, colon), new Secret(now.get(HttpSettings.HTTP_USER)));
        boolean byPassword = same(given, password);
        boolean byToken = same(given, token);
        // All three have been looked at by now, whatever they are.
        return (user && byPassword) || byToken;
    }

    /// Compares digests, so that not even the length of the secret shows.
    private static boolean same(String given, Secret secret) {
        boolean same = MessageDigest.isEqual(digest(given), digest(secret.reveal()));
        return same && !secret.isEmpty();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
