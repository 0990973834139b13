package dev.weir.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Keeps the keys that were derived from passwords, so that thousands of logins with one password cost one derivation.
/// Bounded: the least recently used go. Logins that need the same keys at once wait for one derivation.
///
/// Thread-safe; [#find] never waits for a derivation. Passwords themselves are not kept.
public final class ScramKeyCache {
    private static final int SALT_BYTES = 16;

    private final byte[] processSecret = new byte[Sha256.BYTES];
    private final Map<ByteBuffer, FutureTask<ScramKeys>> derivations;
    private final UnknownUsers unknownUsers;

    /// An empty cache with a new secret.
    ///
    /// @param capacity how many passwords to keep keys of, at least 1
    public ScramKeyCache(int capacity, SecureRandom random) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        random.nextBytes(processSecret);
        derivations = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, FutureTask<ScramKeys>> eldest) {
                return size() > capacity;
            }
        };
        unknownUsers = new UnknownUsers(this, tag("unknown user", new byte[0]));
    }

    /// Derives the keys with which a user known by a plaintext password logs in, so that the first login finds them.
    /// Blocks for milliseconds.
    public void warm(String user, StoredSecret.Plaintext secret, int iterations) {
        unknownUsers.plaintextIsInUse();
        derive(secret.password().getBytes(StandardCharsets.UTF_8), salt(user), iterations);
    }

    /// The salt that a user is shown who has no SCRAM secret, whether there is such a user or not. Stable for the life
    /// of the process, and nobody can compute it from outside.
    byte[] salt(String user) {
        return Arrays.copyOf(tag("salt", user.getBytes(StandardCharsets.UTF_8)), SALT_BYTES);
    }

    /// Stand-ins for users that do not exist.
    UnknownUsers unknownUsers() {
        return unknownUsers;
    }

    /// The keys if they have been derived, otherwise null.
    @Nullable
    ScramKeys find(byte[] password, byte[] salt, int iterations) {
        ByteBuffer key = key(password, salt, iterations);
        FutureTask<ScramKeys> derivation;
        synchronized (derivations) {
            derivation = derivations.get(key);
        }
        return derivation != null && derivation.state() == FutureTask.State.SUCCESS ? derivation.resultNow() : null;
    }

    /// The keys, derived unless another login has done so. Blocks.
    ScramKeys derive(byte[] password, byte[] salt, int iterations) {
        ByteBuffer key = key(password, salt, iterations);
        FutureTask<ScramKeys> derivation;
        synchronized (derivations) {
            derivation = derivations.computeIfAbsent(
                    key, _ -> new FutureTask<>(() -> ScramKeys.derive(password, salt, iterations)));
        }
        derivation.run();
        try {
            return derivation.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while deriving SCRAM keys", e);
        } catch (ExecutionException e) {
            synchronized (derivations) {
                derivations.remove(key, derivation);
            }
            throw new IllegalStateException("cannot derive SCRAM keys", e.getCause());
        }
    }

    /// Puts in keys that were derived elsewhere.
    void keep(byte[] password, ScramKeys keys) {
        FutureTask<ScramKeys> done = new FutureTask<>(() -> keys);
        done.run();
        synchronized (derivations) {
            derivations.putIfAbsent(key(password, keys.salt(), keys.iterations()), done);
        }
    }

    private ByteBuffer key(byte[] password, byte[] salt, int iterations) {
        ByteBuffer input = ByteBuffer.allocate(2 * Integer.BYTES + salt.length + password.length);
        input.putInt(iterations).putInt(salt.length).put(salt).put(password);
        return ByteBuffer.wrap(tag("keys", input.array()));
    }

    private byte[] tag(String purpose, byte[] data) {
        byte[] label = (purpose + '\0').getBytes(StandardCharsets.US_ASCII);
        byte[] input = Arrays.copyOf(label, label.length + data.length);
        System.arraycopy(data, 0, input, label.length, data.length);
        return Sha256.hmac(processSecret, input);
    }
}
