package dev.weir.proxy.auth;

import java.security.SecureRandom;

/// What all logins have in common. Immutable apart from the cache, thread-safe.
///
/// @param keys shared by all; must survive a reload, since the salts that clients see come from it
/// @param scramIterations for secrets made on the fly from plaintext passwords (`scram_iterations`)
/// @param pgBouncerErrors PgBouncer's texts and its SQLSTATE 08P01 instead of PostgreSQL's
/// @param random for nonces and salts
public record AuthSettings(ScramKeyCache keys, int scramIterations, boolean pgBouncerErrors, SecureRandom random) {
    /// Checks the iterations.
    public AuthSettings {
        if (scramIterations < 1 || scramIterations > ScramKeys.MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "scramIterations: " + scramIterations + " (expected: 1 to " + ScramKeys.MAX_ITERATIONS + ")");
        }
    }
}
