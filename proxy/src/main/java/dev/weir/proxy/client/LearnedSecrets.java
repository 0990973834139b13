package dev.weir.proxy.client;

import dev.weir.proxy.auth.ScramKeys;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.server.ServerCredentials;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients' logins have brought to light about passwords of which only a verifier is stored: SCRAM keys, or the password
 * itself where it came in plain. With these Weir logs in to PostgreSQL as the same user. Thread-safe; one entry a user.
 */
public final class LearnedSecrets {

    /** What is known only under the secret that the client was measured against. */
    private record Learned(
            StoredSecret against,
            @Nullable ScramKeys keys,
            @Nullable String password) {}

    private final ConcurrentHashMap<String, Learned> learned = new ConcurrentHashMap<>();

    /** Keeps what a login by {@code stored} has shown. */
    void learn(String user, StoredSecret stored, @Nullable ScramKeys keys, @Nullable String password) {
        if (keys != null || password != null) {
            learned.put(user, new Learned(stored, keys, password));
        }
    }

    /** What can be shown to PostgreSQL for {@code user}, whose stored secret is {@code stored}. */
    public ServerCredentials credentials(String user, @Nullable StoredSecret stored) {
        Learned known = stored == null ? null : learned.get(user);
        if (stored instanceof StoredSecret.Plaintext
                || known == null
                || !known.against().equals(stored)) {
            return new ServerCredentials(stored, null);
        }
        StoredSecret secret = known.password() == null ? stored : StoredSecret.parse(user, known.password());
        return new ServerCredentials(secret, known.keys());
    }
}
