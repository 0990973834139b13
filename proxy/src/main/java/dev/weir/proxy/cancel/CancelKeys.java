package dev.weir.proxy.cancel;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every client by its cancel key. Thread-safe; a look-up is one step however many clients there are.
 *
 * <p>Keys have PgBouncer's layout: eight random bytes, of which the first has its top bit clear and the last its two low bits
 * set. In protocol 3.2 28 more random bytes follow.
 */
public final class CancelKeys {

    private static final int SECRET_BYTES = 4;
    private static final int LONG_SECRET_BYTES = 32;

    private final SecureRandom random;
    private final ConcurrentHashMap<Integer, CancelTarget> targets = new ConcurrentHashMap<>();

    public CancelKeys(SecureRandom random) {
        this.random = random;
    }

    /** A key nobody has, for a client of this minor version of the protocol; {@link #add} makes it work. */
    public CancelKey create(int protocolMinor) {
        byte[] secret = new byte[protocolMinor >= 2 ? LONG_SECRET_BYTES : SECRET_BYTES];
        random.nextBytes(secret);
        secret[SECRET_BYTES - 1] |= 3;
        int pid;
        do {
            pid = random.nextInt() & Integer.MAX_VALUE;
        } while (pid == 0 || targets.containsKey(pid));
        return new CancelKey(pid, secret);
    }

    /**
     * Makes a client known by its key.
     *
     * @return false if another client has taken the same pid meanwhile
     */
    public boolean add(CancelTarget target) {
        return targets.putIfAbsent(target.cancelKey().pid(), target) == null;
    }

    public void remove(CancelTarget target) {
        targets.remove(target.cancelKey().pid(), target);
    }

    /** Whose key this is, or null. */
    public @Nullable CancelTarget find(int pid, byte[] secret) {
        CancelTarget target = targets.get(pid);
        return target != null && MessageDigest.isEqual(target.cancelKey().secret(), secret) ? target : null;
    }
}
