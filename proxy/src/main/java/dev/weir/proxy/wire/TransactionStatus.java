package dev.weir.proxy.wire;

/// The transaction status byte of ReadyForQuery.
public final class TransactionStatus {
    /// Not in a transaction block.
    public static final byte IDLE = 'I';
    /// In a transaction block.
    public static final byte IN_TRANSACTION = 'T';
    /// In a failed transaction block: all but its end is refused.
    public static final byte FAILED = 'E';

    private TransactionStatus() {}

    /// Whether the byte is one that the protocol knows.
    public static boolean isValid(byte status) {
        return status == IDLE || status == IN_TRANSACTION || status == FAILED;
    }
}
