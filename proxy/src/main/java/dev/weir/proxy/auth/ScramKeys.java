package dev.weir.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// The keys that a password gives with one salt and number of iterations (RFC 5802, section 3). Whoever holds them can
/// log in as if with the password wherever the stored secret has this salt and these iterations. Immutable;
/// `toString` shows none of them.
///
/// @param iterations of the key derivation
/// @param salt not copied
/// @param clientKey 32 bytes; not copied
/// @param serverKey 32 bytes; not copied
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look into the arrays
public record ScramKeys(int iterations, byte[] salt, byte[] clientKey, byte[] serverKey) {
    /// More is not derived: a hostile server could otherwise keep a thread busy for hours. Takes one to two seconds.
    public static final int MAX_ITERATIONS = 2_000_000;

    private static final byte[] CLIENT_KEY = "Client Key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER_KEY = "Server Key".getBytes(StandardCharsets.US_ASCII);

    /// Derives the keys. Takes milliseconds at the usual 4096 iterations: never on an event loop.
    ///
    /// @param password as typed; SASLprep is done here
    /// @throws IllegalArgumentException if there are more than [#MAX_ITERATIONS]
    static ScramKeys derive(byte[] password, byte[] salt, int iterations) {
        if (iterations < 1 || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "iterations: " + iterations + " (expected: 1 to " + MAX_ITERATIONS + ")");
        }
        byte[] salted = Sha256.hi(SaslPrep.prepare(password), salt, iterations);
        return new ScramKeys(iterations, salt, Sha256.hmac(salted, CLIENT_KEY), Sha256.hmac(salted, SERVER_KEY));
    }

    /// What a server stores instead of the client key.
    byte[] storedKey() {
        return Sha256.hash(clientKey);
    }

    /// The secret that a server would store.
    StoredSecret.Scram secret() {
        return new StoredSecret.Scram(iterations, salt, storedKey(), serverKey);
    }

    /// Whether they come from this salt and number of iterations.
    boolean fit(byte[] otherSalt, int otherIterations) {
        return iterations == otherIterations && Arrays.equals(salt, otherSalt);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramKeys that
                && fit(that.salt, that.iterations)
                && MessageDigest.isEqual(clientKey, that.clientKey)
                && MessageDigest.isEqual(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(serverKey);
    }

    @Override
    public String toString() {
        return "SCRAM keys";
    }
}
