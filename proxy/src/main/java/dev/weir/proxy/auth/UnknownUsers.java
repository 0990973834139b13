package dev.weir.proxy.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes a login with a name that does not exist look, and last, like one with a wrong password. The salt and the
/// iterations are those of a user known by a plaintext password. Where real users cost a key derivation at their first
/// login (or, sending plain passwords against SCRAM secrets, at each), so do unknown ones from then on; where all users
/// have SCRAM secrets, nobody does.
///
/// Thread-safe.
final class UnknownUsers {
    // Names that have been derived for; more are as new. Apart from the real ones, which a scan of names must not
    // evict.
    private static final int REMEMBERED_NAMES = 1024;

    private final ScramKeyCache cache;
    private final byte[] password;
    private final Map<String, ScramKeys> keysByName = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ScramKeys> eldest) {
            return size() > REMEMBERED_NAMES;
        }
    };
    private volatile boolean plaintextInUse;
    private volatile boolean plainAgainstScram;

    UnknownUsers(ScramKeyCache cache, byte[] password) {
        this.cache = cache;
        this.password = password;
    }

    /// Some user's keys are derived from a plaintext secret.
    void plaintextIsInUse() {
        if (!plaintextInUse) {
            plaintextInUse = true;
        }
    }

    /// Some user's plain password is checked against a SCRAM secret.
    void plainAgainstScramIsInUse() {
        if (!plainAgainstScram) {
            plainAgainstScram = true;
        }
    }

    /// Whether checking a plain password takes a derivation.
    boolean derivesForPlain() {
        return plainAgainstScram;
    }

    /// Keys that no password fits; null if a real user's would have to be derived now, see [#derive].
    @Nullable
    ScramKeys find(String user, int iterations) {
        if (!plaintextInUse) {
            return new ScramKeys(iterations, cache.salt(user), password, password);
        }
        synchronized (keysByName) {
            ScramKeys keys = keysByName.get(user);
            return keys != null && keys.iterations() == iterations ? keys : null;
        }
    }

    /// Keys that no password fits, at the price of real ones. Blocks.
    ScramKeys derive(String user, int iterations) {
        ScramKeys keys = ScramKeys.derive(password, cache.salt(user), iterations);
        synchronized (keysByName) {
            keysByName.put(user, keys);
        }
        return keys;
    }
}
