package dev.weir.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// A password or a stored form of one, which never shows in a log: `toString` redacts it. Immutable.
public final class Secret {
    /// The secret that was left empty.
    public static final Secret EMPTY = new Secret("");

    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    /// The text itself, for the one place that needs it.
    public String reveal() {
        return text;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /// Which form the text has; only its shape is looked at.
    public SecretForm form() {
        return SecretForm.of(text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8), secret.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
