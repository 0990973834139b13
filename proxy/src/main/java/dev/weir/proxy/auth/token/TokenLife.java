package dev.weir.proxy.auth.token;

import dev.weir.config.Secret;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Until when a password is good that says so itself: a JSON Web Token by its claim `exp` (RFC 7519; Azure, and
/// Google's
/// identity tokens), a signed request of AWS by its date and time of life (RDS). Stateless.
final class TokenLife {
    /// What a token of any of them may be long.
    private static final int LENGTH_MAX = 65_000;

    private static final Pattern JSON_WEB_TOKEN =
            Pattern.compile("[A-Za-z0-9_-]{2,}\\.([A-Za-z0-9_-]{2,})\\.[A-Za-z0-9_-]*");
    private static final Pattern EXPIRES = Pattern.compile("\"exp\"\\s*:\\s*([0-9]{1,12})(?![0-9])");
    private static final Pattern SIGNED_AT = Pattern.compile("[?&]X-Amz-Date=([0-9]{8}T[0-9]{6})Z");
    private static final Pattern SIGNED_FOR = Pattern.compile("[?&]X-Amz-Expires=([0-9]{1,7})(?![0-9])");
    private static final DateTimeFormatter SIGNED_AT_FORMAT = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");

    private TokenLife() {}

    /// Its end, or null for a password that does not tell.
    static @Nullable Instant end(Secret password) {
        String text = password.reveal();
        if (text.length() > LENGTH_MAX) {
            return null;
        }
        Matcher token = JSON_WEB_TOKEN.matcher(text);
        return token.matches() ? endOfClaims(token.group(1)) : endOfSignature(text);
    }

    private static @Nullable Instant endOfClaims(String encoded) {
        try {
            String claims = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
            Matcher expires = EXPIRES.matcher(claims);
            return claims.startsWith("{") && expires.find()
                    ? Instant.ofEpochSecond(Long.parseLong(expires.group(1)))
                    : null;
        } catch (IllegalArgumentException _) {
            return null; // two dots do not make a token
        }
    }

    private static @Nullable Instant endOfSignature(String text) {
        Matcher at = SIGNED_AT.matcher(text);
        Matcher seconds = SIGNED_FOR.matcher(text);
        if (!at.find() || !seconds.find()) {
            return null;
        }
        try {
            return LocalDateTime.parse(at.group(1), SIGNED_AT_FORMAT)
                    .toInstant(ZoneOffset.UTC)
                    .plusSeconds(Long.parseLong(seconds.group(1)));
        } catch (DateTimeException _) {
            return null;
        }
    }
}
