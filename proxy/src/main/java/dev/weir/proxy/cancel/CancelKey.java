package dev.weir.proxy.cancel;

/**
 * What a client must show to cancel its query: the process id and the secret of BackendKeyData. None of it is a real process
 * id; all of it is random.
 *
 * @param pid the first four bytes, the top bit clear
 * @param secret four bytes, or 32 in protocol 3.2
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time by CancelKeys, never as a record
public record CancelKey(int pid, byte[] secret) {

    /** Says nothing. */
    @Override
    public String toString() {
        return "CancelKey";
    }
}
