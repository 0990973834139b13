package dev.weir.proxy.cancel;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every client by its cancel key. Thread-safe; a look-up is one step however many clients there are.
 *
 * <p>Keys have PgBouncer's layout, see {@link CancelKey}; in protocol 3.2 28 more random bytes follow.
 */
public final class CancelKeys {

    private static final int SECRET_BYTES = 4;
    private static final int LONG_SECRET_BYTES = 32;

    private final SecureRandom random;
    private final IntSupplier peerId;
    private final ConcurrentHashMap<Long, CancelTarget> targets = new ConcurrentHashMap<>();

    /** @param peerId {@code peer_id}: new keys bear it unless it is 0 */
    public CancelKeys(SecureRandom random, IntSupplier peerId) {
        this.random = random;
        this.peerId = peerId;
    }

    /** A key nobody has, for a client of this minor version of the protocol; {@link #add} makes it work. */
    public CancelKey create(int protocolMinor) {
        int id = peerId.getAsInt();
        CancelKey key;
        do {
            byte[] secret = new byte[protocolMinor >= 2 ? LONG_SECRET_BYTES : SECRET_BYTES];
            random.nextBytes(secret);
            CancelKey drawn = new CancelKey(random.nextInt() & Integer.MAX_VALUE, secret).asGiven();
            key = id == 0 ? drawn : drawn.ofPeer(id);
        } while (key.pid() == 0 || targets.containsKey(key.beginning()));
        return key;
    }

    /**
     * Makes a client known by its key.
     *
     * @return false if another client has taken the same beginning meanwhile
     */
    public boolean add(CancelTarget target) {
        return targets.putIfAbsent(target.cancelKey().beginning(), target) == null;
    }

    public void remove(CancelTarget target) {
        targets.remove(target.cancelKey().beginning(), target);
    }

    /** Whose key this is, or null. */
    public @Nullable CancelTarget find(int pid, byte[] secret) {
        CancelKey key = new CancelKey(pid, secret);
        CancelKey shown = peerId.getAsInt() == 0 ? key : key.asGiven(); // a peer has counted on the way
        CancelTarget target = targets.get(shown.beginning());
        return target != null && MessageDigest.isEqual(target.cancelKey().secret(), shown.secret()) ? target : null;
    }
}
