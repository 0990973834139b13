package dev.weir.config.check;

import dev.weir.config.Origin;
import dev.weir.config.read.SyntaxProblem;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a configuration. Immutable; never shows a secret.
///
/// @param severity whether the configuration can be used nevertheless
/// @param origin where
/// @param key which setting, with the entry it stands in, such as `databases.app.pool_size`; null if it is none
/// @param value the value as written, or null if it is not the matter or a secret
/// @param message what is wrong
/// @param allowed what would be right, or null
/// @param suggestion a name that may have been meant, or null
public record Problem(
        Severity severity,
        Origin origin,
        @Nullable String key,
        @Nullable String value,
        String message,
        @Nullable String allowed,
        @Nullable String suggestion) {
    static Problem error(Origin origin, @Nullable String key, String message) {
        return new Problem(Severity.ERROR, origin, key, null, message, null, null);
    }

    static Problem warning(Origin origin, @Nullable String key, String message) {
        return new Problem(Severity.WARNING, origin, key, null, message, null, null);
    }

    static Problem of(Severity severity, SyntaxProblem problem) {
        return new Problem(severity, problem.origin(), null, null, problem.message(), null, problem.suggestion());
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /// All of it but the place and the severity.
    public String description() {
        StringBuilder text = new StringBuilder();
        if (key != null) {
            text.append(key);
            if (value != null) {
                text.append(" = ").append(value);
            }
            text.append(": ");
        }
        text.append(message);
        if (allowed != null) {
            text.append("; expected ").append(allowed);
        }
        if (suggestion != null) {
            text.append("; did you mean ").append(suggestion).append('?');
        }
        return text.toString();
    }

    /// The problem as compilers write theirs: `file:line: error: …`.
    @Override
    public String toString() {
        return origin + ": " + severity.name().toLowerCase(Locale.ROOT) + ": " + description();
    }
}
