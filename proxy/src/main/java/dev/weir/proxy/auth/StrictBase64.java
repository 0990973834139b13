package dev.weir.proxy.auth;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Base64 with exactly one text for every value (RFC 4648, sections 3.2 and 3.5). The JDK's decoder also takes missing
/// padding and stray bits at the end.
final class StrictBase64 {
    private StrictBase64() {}

    /// The value, or null if the text is not the one that encodes it.
    static byte @Nullable [] decode(String text) {
        byte[] value;
        try {
            value = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
        return Base64.getEncoder().encodeToString(value).equals(text) ? value : null;
    }

    static String encode(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }
}
