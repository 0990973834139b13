package dev.weir.proxy.auth;

import java.nio.charset.StandardCharsets;

/// Makes a login with a name that does not exist look, and last, like one with a wrong password.
///
/// Keys of real users are derived ahead, so that nobody's login takes a derivation, see [ScramKeyCache#prepare]. Where
/// plain passwords are checked against SCRAM secrets, which takes one for each wrong password, all wrong passwords take
/// one. Thread-safe.
final class UnknownUsers {
    private static final byte[] PASSWORD = "nobody's".getBytes(StandardCharsets.US_ASCII);

    private final ScramKeyCache cache;
    private final byte[] key;
    private volatile boolean derivingForPlain;

    /// @param key what no password gives and nobody knows
    UnknownUsers(ScramKeyCache cache, byte[] key) {
        this.cache = cache;
        this.key = key;
    }

    /// @param deriving whether there are users with SCRAM secrets
    void derivesForPlain(boolean deriving) {
        derivingForPlain = deriving;
    }

    /// Whether checking a wrong plain password takes a derivation.
    boolean derivesForPlain() {
        return derivingForPlain;
    }

    /// Keys that no password fits, found as those of a real user are.
    ScramKeys keys(String user, int iterations) {
        byte[] salt = cache.salt(user);
        ScramKeys none = cache.find(PASSWORD, salt, iterations);
        return none == null ? new ScramKeys(iterations, salt, key, key) : none;
    }

    /// Takes the time of a derivation. Blocks.
    void spend(String user, int iterations) {
        ScramKeys.derive(PASSWORD, cache.salt(user), iterations);
    }
}
