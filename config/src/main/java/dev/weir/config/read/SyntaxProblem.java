package dev.weir.config.read;

import dev.weir.config.Origin;
import org.jspecify.annotations.Nullable;

/// A place in a file that could not be read. Immutable; never quotes what may be a secret.
///
/// @param origin where
/// @param message what is wrong
/// @param suggestion a name that may have been meant, or null
public record SyntaxProblem(
        Origin origin, String message, @Nullable String suggestion) {
    SyntaxProblem(Origin origin, String message) {
        this(origin, message, null);
    }
}
