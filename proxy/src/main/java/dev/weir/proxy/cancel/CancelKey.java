package dev.weir.proxy.cancel;

/**
 * What a client must show to cancel its query: the process id and the secret of BackendKeyData. None of it is a real process
 * id; all of it is random but what the poolers behind one address need to find the right one among them. As PgBouncer lays the
 * first eight bytes out:
 *
 * <pre>
 *   | 0, 7 random bits | peer id, low byte | peer id, high byte | random | 3 random bytes | 6 random bits, 2 bits: hops left |
 * </pre>
 *
 * @param pid the first four bytes, the top bit clear
 * @param secret four bytes, or 32 in protocol 3.2; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time by CancelKeys, never as a record
public record CancelKey(int pid, byte[] secret) {

    /** The bits of the last of the first eight bytes that count the poolers that a request may still pass. */
    private static final int HOPS = 3;

    private static final int HOPS_AT = 3;

    /** The key with the id of the pooler that gave it away. */
    CancelKey ofPeer(int peerId) {
        return new CancelKey((pid & 0xff0000ff) | ((peerId & 0xff) << 16) | (peerId & 0xff00), secret);
    }

    /** The pooler that gave the key away, if it is one that has peers; anything otherwise. */
    int peerId() {
        return ((pid >>> 16) & 0xff) | (pid & 0xff00);
    }

    /** How many more poolers the request may pass. */
    int hops() {
        return secret.length > HOPS_AT ? secret[HOPS_AT] & HOPS : 0;
    }

    /** The same key with that many hops left. */
    CancelKey withHops(int hops) {
        byte[] changed = secret.clone();
        changed[HOPS_AT] = (byte) ((changed[HOPS_AT] & ~HOPS) | hops);
        return new CancelKey(pid, changed);
    }

    /** The key as its client was told it. */
    CancelKey asGiven() {
        return hops() == HOPS || secret.length <= HOPS_AT ? this : withHops(HOPS);
    }

    /** The first eight bytes as a number. */
    long beginning() {
        long number = pid;
        for (int i = 0; i < Integer.BYTES; i++) {
            number = (number << Byte.SIZE) | (i < secret.length ? secret[i] & 0xff : 0);
        }
        return number;
    }

    /** Says nothing. */
    @Override
    public String toString() {
        return "CancelKey";
    }
}
