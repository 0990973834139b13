package dev.weir.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicInteger preparing = new AtomicInteger();
    /// Places in the cache for the users whose keys are derived ahead.
    private volatile int reserved;

    /// An empty cache with a new secret.
    ///
    /// @param capacity how many passwords to keep keys of, at least 1, besides those of [#prepare]
    public ScramKeyCache(int capacity, SecureRandom random) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        random.nextBytes(processSecret);
        derivations = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, FutureTask<ScramKeys>> eldest) {
                return size() > capacity + reserved;
            }
        };
        unknownUsers = new UnknownUsers(this, tag("unknown user", new byte[0]));
    }

    /// Derives ahead, in the background, the keys with which users known by plaintext passwords log in. Until that is
    /// done everybody's login takes a derivation, and from then on nobody's, so that the time tells nothing.
    ///
    /// @param users all users by name; they take the place of those given before
    /// @param others whether there are users besides, who may have SCRAM secrets
    /// @param deriving whether logins need such keys at all
    public void prepare(
            Map<String, StoredSecret> users, boolean others, boolean deriving, int iterations, Executor background) {
        unknownUsers.derivesForPlain(others || users.values().stream().anyMatch(StoredSecret.Scram.class::isInstance));
        int turn = turns.incrementAndGet();
        Map<String, StoredSecret.Plaintext> plaintexts = new LinkedHashMap<>();
        if (deriving) {
            users.forEach((user, secret) -> {
                if (secret instanceof StoredSecret.Plaintext plaintext) {
                    plaintexts.put(user, plaintext);
                }
            });
        }
        reserved = plaintexts.size();
        preparing.incrementAndGet();
        background.execute(() -> {
            try {
                derive(plaintexts, iterations, turn);
            } finally {
                preparing.decrementAndGet();
            }
        });
    }

    private void derive(Map<String, StoredSecret.Plaintext> users, int iterations, int turn) {
        for (Map.Entry<String, StoredSecret.Plaintext> user : users.entrySet()) {
            if (turn != turns.get() || Thread.currentThread().isInterrupted()) {
                return;
            }
            derive(user.getValue().password().getBytes(StandardCharsets.UTF_8), salt(user.getKey()), iterations);
        }
    }

    /// Whether keys are being derived ahead.
    boolean isPreparing() {
        return preparing.get() > 0;
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
