package dev.weir.proxy.client;

import dev.weir.proxy.auth.ScramKeys;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.pool.PoolKey;
import dev.weir.proxy.server.ServerCredentials;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients' logins have brought to light: SCRAM keys and passwords of users of whom only a verifier is stored, and secrets
 * of those whom no file names. With these Weir logs in to PostgreSQL as the same user. Thread-safe.
 */
public final class LearnedSecrets {

    /** Users whom no file names, at most: the least recently used go, and are learned again at their next login. */
    private static final int FOREIGN_MAX = 100_000;

    /** What is known only under the secret that the client was measured against. */
    private record Learned(
            @Nullable StoredSecret against,
            @Nullable ScramKeys keys,
            @Nullable String password) {}

    private final ConcurrentHashMap<String, Learned> learned = new ConcurrentHashMap<>();
    private final Map<PoolKey, Learned> foreign = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PoolKey, Learned> eldest) {
            return size() > FOREIGN_MAX;
        }
    };

    /** Keeps what a login to a database has shown. */
    void learn(String database, ClientIdentity identity) {
        StoredSecret stored = identity.stored();
        if (stored != null && !identity.foreign()) {
            learn(identity.user(), stored, identity.keys(), identity.password());
        } else if (stored != null || identity.password() != null) {
            learnForeign(database, identity.user(), stored, identity.keys(), identity.password());
        }
    }

    /** Keeps what a login by {@code stored}, which a file tells, has shown. */
    private void learn(String user, StoredSecret stored, @Nullable ScramKeys keys, @Nullable String password) {
        if (keys != null || password != null) {
            learned.put(user, new Learned(stored, keys, password));
        }
    }

    /**
     * Keeps what a login of somebody whom no file names has shown.
     *
     * @param secret what PostgreSQL has stored, as far as it was asked
     */
    private void learnForeign(
            String database,
            String user,
            @Nullable StoredSecret secret,
            @Nullable ScramKeys keys,
            @Nullable String password) {
        PoolKey key = new PoolKey(database, user);
        synchronized (foreign) {
            Learned before = foreign.get(key);
            if (before != null && secret != null && secret.equals(before.against())) {
                // A login that needs no proof brings nothing new, and takes nothing away either.
                foreign.put(
                        key,
                        new Learned(
                                secret,
                                keys == null ? before.keys() : keys,
                                password == null ? before.password() : password));
            } else {
                foreign.put(key, new Learned(secret, keys, password));
            }
        }
    }

    /** What can be shown to PostgreSQL by a pool, for whose role {@code stored} stands in a file. */
    public ServerCredentials credentials(PoolKey pool, @Nullable StoredSecret stored) {
        if (stored == null) {
            return foreignCredentials(pool);
        }
        Learned known = learned.get(pool.user());
        if (stored instanceof StoredSecret.Plaintext || known == null || !stored.equals(known.against())) {
            return new ServerCredentials(stored, null);
        }
        return credentials(known);
    }

    private ServerCredentials foreignCredentials(PoolKey pool) {
        Learned known;
        synchronized (foreign) {
            known = foreign.get(pool);
        }
        return known == null ? ServerCredentials.NONE : credentials(known);
    }

    private static ServerCredentials credentials(Learned known) {
        String password = known.password();
        return new ServerCredentials(
                password == null ? known.against() : new StoredSecret.Plaintext(password), known.keys());
    }
}
